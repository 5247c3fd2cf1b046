"""Dangers that are only named or mentioned, beside an everyday matter (docs/decisions/0020)."""

from collections.abc import Iterator, Sequence

from routing.triage.context import Because, Match
from routing.triage.evidence import Evidence, Found
from routing.triage.outcome import Finding
from routing.triage.rules import Mention
from routing.types import Topic

_PAPERS = frozenset({Topic.FORMS, Topic.BILLING, Topic.AUTHORIZATION})


def told(findings: Sequence[Finding], evidence: Evidence) -> Iterator[Finding]:
    """Set aside what the words of a rule only name or mention, beside an everyday matter (C4)."""
    matters = [one for one in findings if not one.rule.urgency and not one.rule.alone]
    everyday = _matches(matters)
    grave = [one for one in findings if one.found.live and one.rule.is_grave()]
    is_mention = _is_mention(grave, matters, evidence)
    for finding in findings:
        rule, found = finding.rule, finding.found
        is_named = everyday and rule.nameable and evidence.only_names(found.live, everyday)
        if is_named or (is_mention and finding in grave):
            named = ((match, Because.NAMED) for match in found.live)
            yield Finding(rule, Found((), (*found.aside, *named)))
        else:
            yield finding


def _is_mention(grave: Sequence[Finding], matters: Sequence[Finding], evidence: Evidence) -> bool:
    """Say whether all dangers of a message are no more than mentioned (docs/decisions/0020).

    Where nothing but the silence about it speaks for that, the matter is one of papers: at school,
    on the bus and in the clinic a child may fall ill.
    """
    kinds = {one.rule.mention for one in grave}
    if not kinds or Mention.NEVER in kinds:
        return False
    dangers = [match for one in grave for match in one.found.live]
    if evidence.laughs(dangers) or kinds == {Mention.ALWAYS}:
        return evidence.only_mentions(dangers, _matches(matters))
    if Mention.LAUGHED in kinds or evidence.tells(dangers):
        return False
    papers = [one for one in matters if not _PAPERS.isdisjoint(one.rule.topics)]
    return evidence.only_mentions(dangers, _matches(papers))


def _matches(findings: Sequence[Finding]) -> Sequence[Match]:
    return [match for one in findings for match in one.found.live]
