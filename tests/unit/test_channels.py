"""A conversation's channel is one of eleven words, whatever a vendor calls it."""

import pytest

from app.core.channels import channel_of


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        (["whatsapp", "WhatsApp", "Channel::Whatsapp"], "whatsapp"),
        (["instagram", "Channel::Instagram"], "instagram"),
        (["messenger", "facebook", "Facebook Messenger", "Channel::FacebookPage"], "messenger"),
        (["telegram", "Channel::Telegram"], "telegram"),
        (["chat", "web-chat", "webchat", "web_chat", "Channel::WebWidget"], "webchat"),
        (["email", "Channel::Email"], "email"),
        (["sms", "Channel::Sms", "Channel::TwilioSms"], "sms"),
        (["voice", "vapi", "telephony", "phone"], "voice"),
        (["discord"], "discord"),
        (["api", "Channel::Api"], "api"),
        (["other", "gb-chat", "Channel::Line", "", "Channel::", "x" * 1_000], "other"),
    ],
)
def test_every_spelling_of_a_channel_is_one_word(words: list[str], channel: str) -> None:
    assert {channel_of(word) for word in words} == {channel}
