# What one types while working on Kinline. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help demo test lanes nightly check static pictures format translations migration \
  triage-quality second-readers

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## start a clinic with families, staff and a pretend phone
	uv run kinline demo

test: ## run the tests (PostgreSQL and Valkey where they can be had)
	uv run pytest

lanes: ## run the tests in Chromium, then those that kill, cut and stop things for real
	uv run pytest -m browser
	uv run pytest -m fault

nightly: ## live through far more: 200,000 steps of a clinic's life, three days second by second
	KINLINE_TEST_STEPS=200000 uv run pytest -n0 tests/store/test_life.py
	KINLINE_TEST_NIGHT=1 uv run pytest -n0 -m fault tests/app/test_three_days.py

triage-quality: ## print what triage catches and its false alarms, per language and topic
	uv run python -m benchmarks.triage_quality $(FILES)

second-readers: ## teach the second readers anew from the labelled messages (slow)
	uv run --group train python -m benchmarks.second_readers linear --write
	uv run --group train python -m benchmarks.second_readers meaning --write

check: static test lanes ## all that .ci/run checks: style, types, imports, words, then every test

static: ## the checks that run nothing: style, types, imports, words, pages
	uv run ruff format --check
	uv run ruff check
	uv run mypy
	uv run lint-imports
	uv run djlint --lint --quiet admin bot app
	uv run python -m locales.refresh --check
	uv run python -m admin.translations --check

pictures: ## take the pictures of the README anew, from the trial in Chromium
	uv run pytest -q -m browser tests/browser/test_demo.py -k pictures
	mkdir -p docs/pictures
	cp tests/browser/pictures/readme-inbox.png docs/pictures/inbox.png
	cp tests/browser/pictures/readme-chat.png docs/pictures/chat.png

format: ## lay out the code, and mend what can be mended without thinking
	uv run ruff format
	uv run ruff check --fix

translations: ## carry changed English into the template and every language
	uv run python -m locales.refresh --write
	uv run python -m admin.translations

migration: ## write the next step for changed tables: make migration SAYS="what changes"
	test -n "$(SAYS)"
	uv run kinline migrate
	uv run alembic revision --autogenerate --message "$(SAYS)" \
	  --rev-id "$$(ls store/migrations/versions | awk '/^[0-9]/ { n = substr($$0, 1, 4) } END { printf "%04d", n + 1 }')"
	uv run ruff check --fix store/migrations
	uv run ruff format store/migrations
