"""Who is woken by what."""

from __future__ import annotations

import pytest

from weir_operator.cluster.keys import Key
from weir_operator.engine.wakes import Wakes

VERSION = Key("ModelVersion", "team-a", "v")
ENDPOINT = Key("ModelDeployment", "team-a", "e")
OTHER = Key("ModelDeployment", "team-b", "e")


def woken(wakes: Wakes) -> set[Key]:
    return {key for key in (VERSION, ENDPOINT, OTHER) if wakes.flag(key)._event.is_set()}


@pytest.fixture
def wakes() -> Wakes:
    found = Wakes()
    for key in (VERSION, ENDPOINT, OTHER):
        found.flag(key)
    return found


def test_an_event_wakes_its_object_only(wakes: Wakes) -> None:
    wakes.touch(VERSION)
    assert woken(wakes) == {VERSION}


def test_it_wakes_those_who_subscribed_too(wakes: Wakes) -> None:
    wakes.subscribe(ENDPOINT, [VERSION])
    wakes.touch(VERSION)
    assert woken(wakes) == {VERSION, ENDPOINT}


def test_what_happens_to_its_children_is_its_own_concern(wakes: Wakes) -> None:
    wakes.subscribe(ENDPOINT, [VERSION])
    wakes.wake(VERSION)
    assert woken(wakes) == {VERSION}


def test_objects_that_do_not_exist_can_be_waited_for(wakes: Wakes) -> None:
    absent = Key("ModelVersion", "team-a", "not-yet")
    wakes.subscribe(ENDPOINT, [absent])
    wakes.touch(absent)
    assert woken(wakes) == {ENDPOINT}


def test_a_subscription_replaces_the_one_before(wakes: Wakes) -> None:
    wakes.subscribe(ENDPOINT, [VERSION])
    wakes.subscribe(ENDPOINT, [])
    wakes.touch(VERSION)
    assert woken(wakes) == {VERSION}


def test_namespaces_do_not_hear_of_each_other(wakes: Wakes) -> None:
    wakes.subscribe(OTHER, [Key("ModelVersion", "team-b", "v")])
    wakes.touch(VERSION)
    assert woken(wakes) == {VERSION}


def test_what_is_forgotten_is_not_woken(wakes: Wakes) -> None:
    wakes.subscribe(ENDPOINT, [VERSION])
    wakes.forget(ENDPOINT)
    wakes.touch(VERSION)
    assert woken(wakes) == {VERSION}


def test_a_flag_knows_how_long_it_was_up(wakes: Wakes) -> None:
    flag = wakes.flag(VERSION)
    assert flag.lower() == 0
    flag.set()
    flag.set()
    assert flag.lower() > 0
    assert flag.lower() == 0
