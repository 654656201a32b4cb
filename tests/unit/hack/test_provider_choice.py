"""Which cluster is meant: what is asked for, then what was used last, then what the machine offers."""

import pytest

from cluster import provider
from machine.errors import HackError

CHOICES = {
    "nothing known and Docker answers: kind": ((None, None, True), ("kind", "")),
    "nothing known and no Docker: one node": ((None, None, False), ("onenode", "")),
    "the last choice holds although Docker answers now": ((None, "onenode", True), ("onenode", "")),
    "asking beats the last choice": (("kind", "onenode", False), ("kind", "")),
    "an existing cluster is named": (("existing:staging", None, True), ("existing", "staging")),
    "a context may hold colons": (("existing:arn:aws:eks:x", None, True), ("existing", "arn:aws:eks:x")),
}


@pytest.mark.parametrize(("words", "expected"), CHOICES.values(), ids=CHOICES.keys())
def test_choice(words, expected):
    assert expected == provider.choose(*words)


def test_an_existing_cluster_is_never_guessed():
    with pytest.raises(HackError, match="--context NAME"):
        provider.choose("existing", None, True)


def test_an_unknown_provider_is_answered_with_the_known_ones():
    with pytest.raises(HackError, match="existing, kind, onenode"):
        provider.choose("minikube", None, True)


ASKED = {
    "options": (("kind", None), "", "kind"),
    "a context alone means an existing cluster": ((None, "staging"), "", "existing:staging"),
    "the variable": ((None, None), "existing:staging", "existing:staging"),
    "options beat the variable": (("onenode", None), "existing:staging", "onenode"),
    "nothing": ((None, None), "", None),
}


@pytest.mark.parametrize(("options", "variable", "expected"), ASKED.values(), ids=ASKED.keys())
def test_asked(monkeypatch, options, variable, expected):
    monkeypatch.setenv("WEIR_CLUSTER", variable)
    assert expected == provider.asked(*options)


def test_a_choice_is_remembered_until_it_is_forgotten(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    provider.remember("existing:staging")
    assert provider.remembered() == "existing:staging"
    provider.remember(None)
    assert provider.remembered() is None
