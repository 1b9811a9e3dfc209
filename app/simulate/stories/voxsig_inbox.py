"""A conversation in an inbox of Voxsig, told in acts."""

from __future__ import annotations

from typing import Any

from app.core.facts import MessageClass
from app.core.vendors.contract import Source
from app.simulate.cast import Agent
from app.simulate.payloads import voxsig
from app.simulate.scene import Scene
from app.simulate.spelling import epoch_ms, iso, spaced, unix_float
from app.simulate.story import Story, account_of

Tree = dict[str, Any]

NUMBERED: tuple[voxsig.MessageType, ...] = ("incoming", "outgoing", "activity", "template")


class Inbox(Story):
    """Each act sends a webhook and says what it changes. Every body carries a snapshot of the
    conversation as it then is.
    """

    def __init__(self, source: Source, scene: Scene) -> None:
        super().__init__(source, scene)
        self.account = account_of(source)
        self.id = scene.number()
        self.who = scene.customer()
        self.by: Agent | None = None
        self.status = "open"
        self.created_at = scene.clock
        self.places: tuple[voxsig.AccountPlace, ...] = ("account", "account", "nowhere")
        self.row = self.conversation(f"{self.account}-{self.id}")
        self.row.contact = self.who.name
        self.row.labels = []

    def snapshot(self, at: int) -> Tree:
        return voxsig.snapshot(
            self.id,
            at,
            status=self.status,
            who=self.who,
            by=self.by,
            labels=self.row.labels,
            created_at=self.created_at,
        )

    def happens(self, event: str, *, changed: list[Tree] | None = None) -> int:
        """An event of the conversation itself: a point of its status history."""
        at = self.scene.later(ms=True)
        places = (*self.places, "messages")
        body = voxsig.conversation(
            event,
            self._spelled(self.snapshot(at), at),
            account=self.account,
            place=self.scene.one_of(places),
            changed=changed,
        )
        self.send(self.row, body, at)
        self.row.status = self.status
        self._settle()
        return at

    def _spelled(self, snapshot: Tree, at: int) -> Tree:
        spell = self.scene.one_of((unix_float, iso, epoch_ms))
        return snapshot | {"updated_at": spell(at)}

    def _settle(self) -> None:
        messages = self.row.messages
        written = messages.inbound + messages.outbound + messages.automated
        active = "active" if written else "created"
        self.row.phase = "resolved" if self.row.status == "resolved" else active

    def opens(self) -> None:
        self.happens("conversation_created")

    def becomes(self, status: str, event: str = "conversation_status_changed") -> None:
        if self.status == "resolved" and status != "resolved":
            self.row.reopened += 1
        changed = voxsig.changed(status=(self.status, status))
        self.status = status
        self.happens(event, changed=changed)

    def labelled(self, *labels: str) -> None:
        """A changed label fires the same update twice."""
        before, self.row.labels = self.row.labels, list(labels)
        self.happens("conversation_updated", changed=voxsig.changed(labels=(before, labels)))
        self.send_again(self.row)

    def assigned(self, by: Agent) -> None:
        self.by, self.row.assignee = by, str(by.id)
        self.happens("conversation_updated", changed=None)

    def writes(
        self,
        cls: MessageClass,
        text: str,
        *,
        type: voxsig.MessageType,
        sender: Tree | None,
        private: bool = False,
        content_type: str = "text",
        old: bool = False,
    ) -> tuple[int, int]:
        """A message; returns its id and time. An old installation numbers the type, and spells
        the time with a space and in whole seconds.
        """
        id, at = self.scene.number(), self.scene.later(ms=not old)
        body = voxsig.message(
            "message_created",
            self.snapshot(at),
            id,
            at,
            type=NUMBERED.index(type) if old else type,
            text=text,
            private=private,
            content_type=content_type,
            sender=sender,
            account=self.account,
            place=self.scene.one_of((*self.places, "conversation")),
            more={"created_at": spaced(at)} if old else None,
        )
        self.send(self.row, body, at)
        self.row.messages.add(cls)
        if cls not in ("note", "activity"):
            self.row.last_text = text
        self._settle()
        return id, at

    def says(self, *, old: bool = False) -> tuple[int, int]:
        sender = {"id": self.who.id, "name": self.who.name}
        return self.writes(
            "inbound", self.scene.question(), type="incoming", sender=sender, old=old
        )

    def answers(self, by: Agent) -> tuple[int, int]:
        return self.writes("outbound", self.scene.answer(), type="outgoing", sender=voxsig.user(by))

    def bot_answers(self) -> None:
        self.writes("automated", "I am a bot.", type="outgoing", sender=voxsig.BOT)

    def template(self) -> None:
        self.writes(
            "automated",
            "Get notified by email",
            type="template",
            sender=None,
            content_type="input_email",
        )

    def notes(self, by: Agent) -> None:
        self.writes("note", "VIP, be nice", type="outgoing", sender=voxsig.user(by), private=True)

    def activity(self, text: str) -> None:
        self.writes("activity", text, type="activity", sender=None)

    def corrects(self, id: int, at: int, text: str, *, type: voxsig.MessageType) -> None:
        """The last message gets another text."""
        updated_at = self.scene.later(ms=True)
        by = self.by or self.scene.agent()
        sender = voxsig.customer(self.who) if type == "incoming" else voxsig.user(by)
        body = voxsig.message(
            "message_updated",
            self.snapshot(updated_at),
            id,
            at,
            type=type,
            text=text,
            sender=sender,
            account=self.account,
            updated_at=updated_at,
        )
        self.send(self.row, body, updated_at)
        self.row.last_text = text

    def types(self) -> None:
        """Somebody types: an event, and nothing to any row."""
        at = self.scene.later()
        for event in ("conversation_typing_on", "conversation_typing_off"):
            body = voxsig.typing(event, self.snapshot(at), account=self.account)
            self.send(self.row.key, body, at)
