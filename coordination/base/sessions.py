"""Sessions in the database, as Django keeps them; read by one plain statement, since every request does."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection

from coordination.base import clock

_READ = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.session_key, clock.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        data, expires = found
        return Session(session_key=str(self.session_key), session_data=data, expire_date=expires)

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session
