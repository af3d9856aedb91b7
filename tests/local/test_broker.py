from coordination.celery import app


def test_a_sent_task_waits_in_a_broker_of_the_tests_own(broker):
    app.send_task("coordination.tasks.nothing")

    with broker.client() as client:
        assert client.llen("celery") == 1
