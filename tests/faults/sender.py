"""Senders that do not give up: each message is sent again, under its key, until it is acknowledged."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from bench.house import House
from bench.names import TOKEN
from tests.faults.messages import Message

PAUSE = 0.1
IN_PROGRESS = 409


@dataclass
class Senders:
    """A few threads that share the messages."""

    house: House
    messages: Sequence[Message]
    threads: int = 4
    acknowledged: dict[str, Message] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    resent: int = 0
    _waiting: SimpleQueue[Message] = field(default_factory=SimpleQueue)
    _running: list[threading.Thread] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        for message in self.messages:
            self._waiting.put(message)
        self._running = [threading.Thread(target=self._send_all, daemon=True) for _ in range(self.threads)]
        for thread in self._running:
            thread.start()

    @property
    def are_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._running)

    @property
    def sent(self) -> int:
        """How many messages have been taken up so far."""
        return len(self.messages) - self._waiting.qsize()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._running:
            thread.join()

    def _send_all(self) -> None:
        while not self._stop.is_set():
            try:
                message = self._waiting.get_nowait()
            except Empty:
                return
            self._send(message)

    def _send(self, message: Message) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": message.key}
        while not self._stop.is_set():
            try:
                answer = self.house.ask("POST", "/api/v1/lab-results", body=message.body, headers=headers)
            except (OSError, http.client.HTTPException):
                status, text = 0, ""
            else:
                status, text = answer.status, answer.body.decode(errors="replace")
            if 200 <= status < 300:
                self.acknowledged[message.key] = message
                return
            if 400 <= status < 500 and status != IN_PROGRESS:
                self.refused.append(f"{status} {text}")
                return
            self.resent += 1
            time.sleep(PAUSE)
