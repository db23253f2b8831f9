# SPDX-License-Identifier: Apache-2.0
"""What the official Python client of KurrentDB does, each of its methods at least once, done to a Leftfold
server with TLS and users at 127.0.0.1:$LEFTFOLD_PORT. $LEFTFOLD_CA is the authority that signs for it."""

import os
import threading
import unittest
import uuid

from kurrentdbclient import (
    CaughtUp,
    Checkpoint,
    KurrentDBClient,
    NewEvent,
    NewEvents,
    NewRecord,
    StreamState,
    StreamStateCheck,
)
from kurrentdbclient import exceptions

PORT = os.environ["LEFTFOLD_PORT"]
CA = os.environ["LEFTFOLD_CA"]
PATIENCE = 30


def connect(user="admin:changeit", scheme="kurrentdb"):
    return KurrentDBClient(
        f"{scheme}://{user}@127.0.0.1:{PORT}?tlsCaFile={CA}&defaultDeadline={PATIENCE}"
    )


def event(type="Counted", data=b'{"n":1}', **more):
    return NewEvent(type=type, data=data, **more)


def record(stream, type="Counted", data=b'{"n":1}'):
    return NewRecord(stream_name=stream, type=type, data=data)


class KurrentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = connect()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def setUp(self):
        # One store serves all tests: each has streams of its own.
        self.name = "t" + uuid.uuid4().hex
        self.stream = self.name + "-1"

    def append(self, count, stream=None, type="Counted"):
        events = [event(type, b'{"n":%d}' % n) for n in range(count)]
        return self.client.append_to_stream(
            stream or self.stream, events=events, current_version=StreamState.ANY
        )


class StreamsTest(KurrentTest):
    def test_events_come_back_as_they_were_appended(self):
        id = uuid.uuid4()
        sent = event(data=b"\x00\xff", metadata=b'{"by":"Zo"}', content_type="application/octet-stream", id=id)
        self.client.append_to_stream(
            self.stream, events=[event("First"), sent], current_version=StreamState.NO_STREAM
        )

        first, second = self.client.get_stream(self.stream)

        self.assertEqual(("First", 0), (first.type, first.stream_position))
        self.assertEqual((id, b"\x00\xff", b'{"by":"Zo"}'), (second.id, second.data, second.metadata))
        self.assertEqual("application/octet-stream", second.content_type)
        self.assertEqual(self.stream, second.stream_name)
        self.assertLess(first.commit_position, second.commit_position)

    def test_one_event_and_several_by_either_call(self):
        self.client.append_event(self.stream, event=event("A"), current_version=StreamState.NO_STREAM)
        self.client.append_events(self.stream, events=[event("B"), event("C")], current_version=0)
        self.client.append_to_stream(self.stream, events=event("D"), current_version=StreamState.EXISTS)

        self.assertEqual("ABCD", "".join(e.type for e in self.client.read_stream(self.stream)))
        self.assertEqual(3, self.client.get_current_version(self.stream))
        self.assertIs(StreamState.NO_STREAM, self.client.get_current_version("none-" + self.name))

    def test_a_wrong_version_is_told_with_the_right_one(self):
        self.append(2)
        for append in (
            lambda: self.client.append_event(self.stream, event=event(), current_version=0),
            lambda: self.client.append_events(self.stream, events=[event()], current_version=0),
            lambda: self.client.append_to_stream(self.stream, events=[event(), event()], current_version=7),
        ):
            with self.assertRaises(exceptions.WrongCurrentVersionError):
                append()
        self.assertEqual(1, self.client.get_current_version(self.stream))

    def test_the_same_event_again_is_the_same_event(self):
        one = event()
        for _ in range(2):
            self.client.append_to_stream(self.stream, events=one, current_version=StreamState.NO_STREAM)
        self.assertEqual(1, len(self.client.get_stream(self.stream)))

    def test_reads_go_both_ways_and_from_the_middle(self):
        self.append(10)
        back = self.client.get_stream(self.stream, backwards=True, limit=3)
        self.assertEqual([9, 8, 7], [e.stream_position for e in back])
        some = self.client.get_stream(self.stream, stream_position=4, limit=2)
        self.assertEqual([4, 5], [e.stream_position for e in some])

    def test_what_is_not_there_and_what_was_deleted(self):
        with self.assertRaises(exceptions.NotFoundError):
            self.client.get_stream(self.stream)
        self.append(2)
        self.client.delete_stream(self.stream, current_version=1)
        with self.assertRaises(exceptions.NotFoundError):
            self.client.get_stream(self.stream)
        self.append(1)
        self.client.tombstone_stream(self.stream, current_version=StreamState.ANY)
        with self.assertRaises(exceptions.StreamIsDeletedError):
            self.client.get_stream(self.stream)
        with self.assertRaises(exceptions.StreamIsDeletedError):
            self.append(1)

    def test_metadata_is_kept(self):
        self.append(3)
        self.assertEqual(({}, StreamState.NO_STREAM), self.client.get_stream_metadata(self.stream))
        self.client.set_stream_metadata(
            self.stream, metadata={"$maxCount": 1, "mine": "x"}, current_version=StreamState.NO_STREAM
        )
        metadata, version = self.client.get_stream_metadata(self.stream)
        self.assertEqual(({"$maxCount": 1, "mine": "x"}, 0), (metadata, version))
        self.assertEqual([2], [e.stream_position for e in self.client.get_stream(self.stream)])

    def test_several_streams_in_one_append(self):
        other = self.name + "-2"
        self.client.multi_append_to_stream(
            [
                NewEvents(stream_name=self.stream, events=[event()], current_version=StreamState.NO_STREAM),
                NewEvents(stream_name=other, events=[event(), event()], current_version=StreamState.NO_STREAM),
            ]
        )
        with self.assertRaises(exceptions.WrongCurrentVersionError):
            self.client.multi_append_to_stream(
                [
                    NewEvents(stream_name=self.stream, events=[event()], current_version=0),
                    NewEvents(stream_name=other, events=[event()], current_version=0),
                ]
            )
        self.assertEqual(0, self.client.get_current_version(self.stream))
        self.assertEqual(1, self.client.get_current_version(other))

    def test_records_with_checks_of_streams_that_are_not_written(self):
        other = self.name + "-2"
        self.append(1, other)
        self.client.append_records(
            [record(self.stream), record(other), record(self.stream)],
            checks=[StreamStateCheck(stream_name=self.name + "-3", expected_state=StreamState.NO_STREAM)],
        )
        self.assertEqual(1, self.client.get_current_version(self.stream))
        with self.assertRaises(exceptions.KurrentDBClientError):
            self.client.append_records(
                record(self.stream), checks=StreamStateCheck(stream_name=other, expected_state=0)
            )
        self.assertEqual(1, self.client.get_current_version(self.stream))


class AllTest(KurrentTest):
    def test_all_streams_are_read_with_filters(self):
        self.append(3)
        self.append(2, self.name + "-2", type="Other")
        before = self.client.get_commit_position()
        by_stream = self.client.read_all(filter_include=[self.name + ".*"], filter_by_stream_name=True)
        self.assertEqual(5, len(list(by_stream)))
        by_prefix = self.client.read_all(
            filter_include=[self.name + "-2"], filter_by_stream_name=True, filter_by_prefix=True
        )
        self.assertEqual(["Other", "Other"], [e.type for e in by_prefix])
        back = list(
            self.client.read_all(
                backwards=True, filter_include=[self.name + ".*"], filter_by_stream_name=True, limit=2
            )
        )
        self.assertEqual([1, 0], [e.stream_position for e in back])
        self.assertEqual(before, back[0].commit_position)

    def test_indexes_are_read_and_followed(self):
        self.append(3)
        index = "$idx-ce-" + self.name
        self.assertEqual([0, 1, 2], [e.stream_position for e in self.client.read_index(index)])
        with self.client.subscribe_to_index(index) as following:
            self.assertEqual([0, 1, 2], [next(following).stream_position for _ in range(3)])
            self.append(1)
            self.assertEqual(3, next(following).stream_position)

    def test_a_stream_is_followed_from_what_was_to_what_comes(self):
        self.append(2)
        with self.client.subscribe_to_stream(self.stream, include_caught_up=True) as following:
            self.assertEqual([0, 1], [next(following).stream_position for _ in range(2)])
            self.assertIsInstance(next(following), CaughtUp)
            threading.Thread(target=lambda: self.append(1)).start()
            self.assertEqual(2, next(following).stream_position)
        with self.client.subscribe_to_stream(self.stream, stream_position=0) as following:
            self.assertEqual(1, next(following).stream_position)

    def test_all_streams_are_followed_with_checkpoints(self):
        start = self.client.get_commit_position()
        self.append(400, self.name + "x-1")
        self.append(2)
        with self.client.subscribe_to_all(
            commit_position=start,
            filter_include=[self.name + "-1"],
            filter_by_stream_name=True,
            include_checkpoints=True,
            window_size=10,
            checkpoint_interval_multiplier=2,
        ) as following:
            seen = []
            checkpoints = 0
            while len(seen) < 2:
                message = next(following)
                if isinstance(message, Checkpoint):
                    checkpoints += 1
                else:
                    seen.append(message.stream_position)
            self.assertEqual([0, 1], seen)
            # Of several that are due in a row only the last is told.
            self.assertGreaterEqual(checkpoints, 1)


class GroupsTest(KurrentTest):
    def group_names(self, infos):
        return [info.group_name for info in infos]

    def test_a_group_on_a_stream_from_making_to_deleting(self):
        self.append(3)
        client = self.client
        client.create_subscription_to_stream("g", self.stream, max_retry_count=1)
        with self.assertRaises(exceptions.AlreadyExistsError):
            client.create_subscription_to_stream("g", self.stream)
        with client.read_subscription_to_stream("g", self.stream) as consumer:
            first = next(consumer)
            consumer.ack(first)
            second = next(consumer)
            consumer.nack(second, "park")
            third = next(consumer)
            consumer.nack(third, "retry")
            again = next(consumer)
            self.assertEqual((third.id, 1), (again.id, again.retry_count))
            consumer.ack(again)
        self.await_parked(1)
        client.replay_parked_events("g", self.stream)
        with client.read_subscription_to_stream("g", self.stream) as consumer:
            parked = next(consumer)
            self.assertEqual(second.id, parked.id)
            consumer.ack(parked)
        info = client.get_subscription_info("g", self.stream)
        self.assertEqual(("g", self.stream), (info.group_name, info.event_source))
        client.update_subscription_to_stream("g", self.stream, message_timeout=5.0, consumer_strategy="Pinned")
        self.assertEqual("Pinned", client.get_subscription_info("g", self.stream).consumer_strategy)
        self.assertEqual(["g"], self.group_names(client.list_subscriptions_to_stream(self.stream)))
        self.assertIn("g", self.group_names(client.list_subscriptions()))
        client.delete_subscription("g", self.stream)
        with self.assertRaises(exceptions.NotFoundError):
            client.get_subscription_info("g", self.stream)

    def await_parked(self, count):
        pause = threading.Event()
        for _ in range(PATIENCE * 20):
            if self.client.get_subscription_info("g", self.stream).parked_message_count == count:
                return
            pause.wait(0.05)
        self.fail("nothing was parked")

    def test_a_group_on_all_streams(self):
        client = self.client
        client.create_subscription_to_all(
            self.name, filter_include=[self.name + "-1"], filter_by_stream_name=True
        )
        self.append(2)
        with client.read_subscription_to_all(self.name) as consumer:
            for expected in range(2):
                received = next(consumer)
                consumer.ack(received)
                self.assertEqual(expected, received.stream_position)
        client.update_subscription_to_all(self.name, max_retry_count=3)
        client.delete_subscription(self.name)
        with self.assertRaises(exceptions.NotFoundError):
            next(client.read_subscription_to_all(self.name))


class ProjectionsTest(KurrentTest):
    QUERY = "fromStream('%s').when({$init(){return {n:0}}, Counted(s,e){s.n++}}).outputState()"

    def test_a_projection_from_making_to_deleting(self):
        self.append(3)
        client = self.client
        client.create_projection(name=self.name, query=self.QUERY % self.stream)
        with self.assertRaises(exceptions.AlreadyExistsError):
            client.create_projection(name=self.name, query=self.QUERY % self.stream)
        self.await_state({"n": 3})
        client.disable_projection(self.name)
        client.update_projection(self.name, query=(self.QUERY % self.stream).replace("s.n++", "s.n+=10"))
        client.reset_projection(self.name)
        client.enable_projection(self.name)
        self.await_state({"n": 30})
        self.assertEqual(self.name, client.get_projection_statistics(self.name).name)
        for listed in (client.list_all_projection_statistics(), client.list_continuous_projection_statistics()):
            self.assertIn(self.name, [one.name for one in listed])
        client.abort_projection(self.name)
        client.delete_projection(self.name, delete_state_stream=True, delete_checkpoint_stream=True)
        with self.assertRaises(exceptions.NotFoundError):
            client.get_projection_statistics(self.name)

    def await_state(self, expected):
        pause = threading.Event()
        for _ in range(PATIENCE * 20):
            found = self.client.get_projection_state(self.name).value
            if found == expected:
                return
            pause.wait(0.05)
        self.assertEqual(expected, found)

    def test_projections_are_restarted(self):
        self.client.restart_projections_subsystem()


class ConnectionTest(KurrentTest):
    def test_the_node_alone_leads(self):
        (member,) = self.client.read_gossip()
        self.assertEqual(("NODE_STATE_LEADER", PORT), (member.state, str(member.port)))

    def test_nodes_are_discovered(self):
        client = connect(scheme="kurrentdb+discover")
        try:
            self.assertGreaterEqual(client.get_commit_position(), 0)
        finally:
            client.close()

    def test_who_is_nobody_may_not(self):
        client = connect("nobody:nothing")
        try:
            with self.assertRaises(exceptions.KurrentDBClientError):
                client.get_stream(self.stream)
        finally:
            client.close()

    def test_credentials_of_a_call_count(self):
        self.append(1)
        ops = self.client.construct_call_credentials("ops", "changeit")
        with self.assertRaises(exceptions.AccessDeniedError):
            list(self.client.read_all(credentials=ops))
        self.assertEqual(1, len(self.client.get_stream(self.stream, credentials=ops)))

    def test_it_connects_again(self):
        client = connect()
        try:
            client.reconnect()
            self.append(1)
            self.assertEqual(1, len(client.get_stream(self.stream)))
        finally:
            client.close()
            self.assertTrue(client.is_closed)


class EachMethodTest(unittest.TestCase):
    def test_each_method_of_the_client_is_called_above(self):
        with open(__file__, encoding="utf-8") as file:
            text = file.read()
        methods = [
            name
            for name in dir(KurrentDBClient)
            if not name.startswith("_") and callable(getattr(KurrentDBClient, name))
        ]
        self.assertGreater(len(methods), 40)
        self.assertEqual([], [name for name in methods if f".{name}(" not in text])


if __name__ == "__main__":
    unittest.main()
