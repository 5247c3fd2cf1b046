// Ticks off the steps of the tour as they really happen.
const LOOK_AGAIN_AFTER = 1500;

const show = (done) => {
  const now = Object.keys(done).find((step) => !done[step]);
  for (const step of document.querySelectorAll("[data-step]")) {
    const isDone = Boolean(done[step.dataset.step]);
    step.classList.toggle("now", step.dataset.step === now);
    if (step.classList.contains("done") === isDone) continue;
    step.classList.toggle("done", isDone);
    step.querySelector(".tick").textContent = isDone ? "done" : "";
  }
  document.querySelector(".end").hidden = !Object.values(done).every(Boolean);
};

const look = async () => {
  try {
    const answer = await fetch("/demo/progress");
    if (answer.ok) show(await answer.json());
  } catch {
    // The trial has been stopped; the page stays as it is.
  }
  setTimeout(look, LOOK_AGAIN_AFTER);
};

look();
