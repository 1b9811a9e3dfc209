"""Faust's transport with our consumer and producer in it."""

from __future__ import annotations

from faust.transport.drivers import aiokafka as driver

from app.faust_batch.consumer import Consumer
from app.faust_batch.producer import Producer


class Transport(driver.Transport):
    Consumer = Consumer
    Producer = Producer
