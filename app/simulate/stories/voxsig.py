"""What happens in an inbox of Voxsig."""

from __future__ import annotations

from app.core.vendors.contract import Source
from app.simulate.payloads import voxsig
from app.simulate.scene import Scene
from app.simulate.stories.voxsig_inbox import Inbox
from app.simulate.story import Story, account_of


def chat(source: Source, scene: Scene) -> Story:
    story = Inbox(source, scene)
    by = scene.agent()
    story.opens()
    story.says(old=scene.chance(0.2))
    if scene.chance(0.4):
        story.template()
    if scene.chance(0.4):
        story.bot_answers()
    story.assigned(by)
    for _ in range(scene.shape.randint(1, 3)):
        if scene.chance(0.3):
            story.types()
        id, at = story.answers(by)
        if scene.chance(0.2):
            story.corrects(id, at, "This text is put right.", type="outgoing")
        if scene.chance(0.3):
            story.notes(by)
        id, at = story.says()
        if scene.chance(0.2):
            story.corrects(id, at, "This is what I meant.", type="incoming")
    if scene.chance(0.5):
        story.labelled("billing", "vip")
    if scene.chance(0.7):
        story.becomes("resolved")
        story.activity(f"Conversation was marked resolved by {by.name}")
    return story


def reopened(source: Source, scene: Scene) -> Story:
    """Resolved, opened again by the customer, put off, resolved."""
    story = Inbox(source, scene)
    by = scene.agent()
    story.opens()
    story.says()
    story.assigned(by)
    story.answers(by)
    story.becomes("resolved")
    story.says()
    story.becomes("open")
    story.notes(by)
    if scene.chance(0.5):
        story.becomes("snoozed")
    story.answers(by)
    story.becomes("resolved")
    if scene.chance(0.3):
        story.says()
        story.becomes("pending")
    return story


def old_installation(source: Source, scene: Scene) -> Story:
    """conversation_opened and conversation_resolved, before there was a status change."""
    story = Inbox(source, scene)
    story.places = ("account", "nowhere")
    story.opens()
    story.says(old=True)
    story.becomes("resolved", "conversation_resolved")
    story.becomes("open", "conversation_opened")
    return story


def automated(source: Source, scene: Scene) -> Story:
    """Rules and macros send a conversation, whatever their event is called."""
    story = Inbox(source, scene)
    story.opens()
    story.says()
    story.happens("automation_event.message_created")
    story.writes("outbound", "A rule says hello.", type="outgoing", sender=None)
    story.becomes("resolved", "macro.executed")
    story.happens("automation_event.conversation_updated")
    return story


def contact(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    account = account_of(source)
    who = scene.customer()
    row = story.contact(f"{account}-{who.id}")
    row.name, row.email = who.name, who.email
    at = scene.later(ms=True)
    if scene.chance(0.5):
        body = voxsig.webwidget_triggered(scene.number(), at, who=who, account=account)
        story.send(row.key, body, at)
    body = voxsig.contact("contact_created", who=who, account=account)
    story.send(row, body, at)
    if scene.chance(0.7):
        row.name = f"{who.name} of Acme"
        at = scene.later(ms=True)
        body = voxsig.contact(
            "contact_updated",
            who=who,
            at=at,
            account=account,
            custom={"plan": "gold"},
            more={"name": row.name},
        )
        story.send(row, body, at)
    return story


def one_contact(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    account, who = account_of(source), scene.customer()
    row = story.contact(f"{account}-{who.id}")
    row.name, row.email = who.name, who.email
    body = voxsig.contact("contact_created", who=who, account=account)
    story.send(row, body, scene.later())
    return story


def inbox(source: Source, scene: Scene) -> Story:
    """An inbox is made and renamed: no row."""
    story = Story(source, scene)
    account = account_of(source)
    id = scene.number()
    key = story.key("inbox", f"{account}-{id}")
    at = scene.later()
    story.send(key, voxsig.inbox("inbox_created", id, account=account), at)
    body = voxsig.inbox("inbox_updated", id, name="Renamed", account=account)
    story.send(key, body, scene.later())
    return story
