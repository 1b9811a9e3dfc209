"""What happens around a chat bot built with Convocore."""

from __future__ import annotations

from hashlib import blake2b

from app.core.vendors.contract import Source
from app.simulate.payloads import convocore
from app.simulate.scene import Scene
from app.simulate.story import Story

CHANNELS = ("whatsapp", "instagram", "facebook", "telegram", "webchat", "web-chat", "discord")


def chat(source: Source, scene: Scene) -> Story:
    """A customer writes to a bot, fills a form, reports a bug, is handed to a person."""
    story = Story(source, scene)
    convo_id, who = f"convo_{scene.number()}", scene.customer()
    channel = scene.one_of(CHANNELS)
    row = story.conversation(convo_id)

    def says() -> None:
        row.last_text = scene.question()
        row.messages.inbound += 1
        row.phase = "active"
        at = scene.later(ms=True)
        body = convocore.message(
            convo_id, at, text=row.last_text, channel=channel, sender=who.phone
        )
        story.send(row, body, at)

    for _ in range(scene.shape.randint(1, 5)):
        says()
    if scene.chance(0.4):
        at = scene.later(ms=True)
        form = {"name": who.name, "size": 42, "colours": ["red", "blue"]}
        story.send(row, convocore.form(convo_id, at, data=form, channel=channel), at)
        row.forms += 1
    if scene.chance(0.3):
        at = scene.later(ms=True)
        story.send(row, convocore.bug(convo_id, at, channel=channel), at)
        row.bugs += 1
    for _ in range(scene.shape.choice((0, 1, 1, 2))):
        at = scene.later(ms=True)
        to = scene.agent()
        body = convocore.delegated(convo_id, at, to=to, who=who, channel=channel)
        story.send(row, body, at)
        row.delegations += 1
        row.assignee, row.contact = f"user_{to.id}", who.name
    if scene.chance(0.5):
        says()
    return story


def form_alone(source: Source, scene: Scene) -> Story:
    """A form that nobody wrote a message to."""
    story = Story(source, scene)
    convo_id = f"convo_{scene.number()}"
    row = story.conversation(convo_id)
    row.forms = 1
    at = scene.later(ms=True)
    story.send(row, convocore.form(convo_id, at), at)
    return story


def lead(source: Source, scene: Scene) -> Story:
    """A lead is known by its e-mail, else its phone number, else its name."""
    story = Story(source, scene)
    who = scene.customer()
    email = who.email if scene.chance(0.7) else None
    phone = who.phone if email is None and scene.chance(0.7) else None
    name = f"{who.name} {who.id}"
    known_by = (email or phone or name).strip().lower()
    row = story.contact(f"lead-{blake2b(known_by.encode(), digest_size=8).hexdigest()}", "lead")
    row.name, row.email = name, email
    at = scene.later(ms=True)
    story.send(row, convocore.lead(at, name=name, email=email, phone=phone), at)
    if email is not None and scene.chance(0.4):
        row.email = f" {email.upper()}"
        at = scene.later(ms=True)
        story.send(row, convocore.lead(at, name=name, email=row.email, phone=who.phone), at)
    return story


def client(source: Source, scene: Scene) -> Story:
    story = Story(source, scene)
    client_id, who = f"client_{scene.number()}", scene.customer()
    row = story.contact(client_id, "client")
    row.name, row.email = who.name, who.email
    for operation in ("created", "updated", "deleted")[: scene.shape.randint(1, 3)]:
        at = scene.later(ms=True)
        story.send(row, convocore.client(operation, client_id, at, who=who), at)
        row.phase = "deleted" if operation == "deleted" else "known"
    return story


def workspace(source: Source, scene: Scene) -> Story:
    """Agents, organisations and a test: they change no row."""
    story = Story(source, scene)
    agent_id, organisation_id = f"agent_{scene.number()}", f"org_{scene.number()}"
    for operation in ("created", "updated", "deleted"):
        at = scene.later(ms=True)
        platform = scene.one_of(("vg", "vf"))
        body = convocore.agent(operation, agent_id, at, platform=platform)
        story.send(story.key("agent", agent_id), body, at)
        body = convocore.organisation(operation, organisation_id, at)
        story.send(story.key("organisation", organisation_id), body, at)
    at = scene.later(ms=True)
    text = f"This is test {scene.number()}"
    story.send(story.key("test", source.name), convocore.test(at, text=text), at)
    return story
