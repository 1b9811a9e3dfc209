"""Bodies that are genuine and cannot be decoded: each must become a dead letter, by its reason."""

from __future__ import annotations

from typing import Any

from app.core.vendors.contract import Source
from app.simulate.payloads import convocore, varda, voiso, voxsig
from app.simulate.scene import Scene
from app.simulate.story import Story, account_of
from app.simulate.webhook import compact

Tree = dict[str, Any]

# The page's own sample of structure: smart quotes, missing commas, comments.
PAGE_STRUCTURE = """{
  "event": "message.received",
  “object: "message",
  “secret”: "***",
  "contact_center_id": "%d"
  "data": {
          //message object
          }
"""


def voiso_bodies(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    story.send_broken((PAGE_STRUCTURE % scene.number()).encode(), "not_json")
    call_id, at = scene.token(), scene.later()
    body = voiso.call("hangup", "inbound", call_id, at, started_at=at)
    story.send_broken(compact(body | {"event": "inbound.call.teleported"}), "unknown_event")
    no_id = body | {"data": {k: v for k, v in body["data"].items() if k != "id"}}
    story.send_broken(compact(no_id), "no_key")
    wrong = voiso.call("hangup", "inbound", call_id, at, started_at=at, more={"duration": "long"})
    story.send(story.key("call", call_id), wrong, at, dead="schema_mismatch")
    return story


def varda_bodies(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    id, at = scene.number(), scene.later()
    body = compact(varda.conversation("created", id, at))
    story.send_broken(body[: len(body) // 2], "not_json")
    story.send_broken(compact([{"event": "conversation.created", "id": id}]), "not_an_object")
    story.send_broken(compact({"event": "conversation.eaten", "data": {"id": id}}), "unknown_event")
    story.send_broken(compact(varda.message(id, id, at, more={"conversation_id": None})), "no_key")
    odd_id: Tree = {"id": {"number": id}}
    story.send_broken(compact(varda.conversation("closed", id, at, more=odd_id)), "no_key")
    wrong = varda.conversation("created", id, at, more={"contact": "Jane"})
    story.send(story.key("conversation", id), wrong, at, dead="schema_mismatch")
    return story


def convocore_bodies(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    convo_id, at = f"convo_{scene.number()}", scene.later()
    story.send_broken(compact(convocore.message(convo_id, at))[:-2], "not_json")
    unknown = convocore.message(convo_id, at) | {"type": "message_burnt"}
    story.send_broken(compact(unknown), "unknown_event")
    story.send_broken(compact(convocore.form(convo_id, at, more={"convoId": None})), "no_key")
    wrong = convocore.message(convo_id, at, more={"messageContent": ["not", "text"]})
    story.send(story.key("conversation", convo_id), wrong, at, dead="schema_mismatch")
    return story


def voxsig_bodies(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    account = account_of(source)
    id, at = scene.number(), scene.later()
    snapshot = voxsig.snapshot(id, at)
    body = voxsig.conversation("conversation_updated", snapshot, account=account)
    latin_1 = compact(body | {"event": "café"}).replace("é".encode(), b"\xe9")
    story.send_broken(latin_1, "not_json")
    story.send_broken(compact(str(id)), "not_an_object")
    story.send_broken(compact(body | {"event": "conversation_sneezed"}), "unknown_event")
    story.send_broken(compact({k: v for k, v in body.items() if k != "id"}), "no_key")
    wrong = body | {"meta": {"sender": ["Jane"]}}
    story.send(story.key("conversation", f"{account}-{id}"), wrong, at, dead="schema_mismatch")
    return story
