# SPDX-License-Identifier: Apache-2.0
"""What the Python client of UmaDB does, done to a Leftfold server at 127.0.0.1:$LEFTFOLD_PORT."""

import os
import threading
import unittest
import uuid

from umadb import (
    AppendCondition,
    Client,
    Event,
    IntegrityError,
    Query,
    QueryItem,
    ServingStatus,
    TrackingInfo,
)

URL = "http://127.0.0.1:" + os.environ["LEFTFOLD_PORT"]


def query(*items):
    return Query(items=[QueryItem(types=types, tags=tags) for types, tags in items])


def event(event_type, *tags, data=b"{}", id=None, metadata=None):
    return Event(event_type, data, list(tags), id, metadata)


class UmaDbTest(unittest.TestCase):
    def setUp(self):
        self.client = Client(URL)
        # One store serves all tests: each has a tag of its own.
        self.tag = "test:" + uuid.uuid4().hex
        self.ours = query(([], [self.tag]))

    def tearDown(self):
        self.client.close()

    def read(self, **options):
        response = self.client.read(query=self.ours, **options)
        return [(e.position, e.event.event_type) for e in response], response.head()

    def test_events_come_back_as_they_were_appended(self):
        id = uuid.uuid4()
        position = self.client.append(
            [
                event("Opened", self.tag, "b", data=b"\x00\xff", id=id, metadata={"by": "Zoë"}),
                event("Paid", self.tag),
            ]
        )
        opened, paid = list(self.client.read(query=self.ours))

        self.assertEqual(position, paid.position)
        self.assertEqual(position - 1, opened.position)
        self.assertEqual("Opened", opened.event.event_type)
        self.assertEqual([self.tag, "b"], opened.event.tags)
        self.assertEqual(b"\x00\xff", opened.event.data)
        self.assertEqual(id, opened.event.uuid)
        self.assertEqual({"by": "Zoë"}, opened.event.metadata)
        self.assertEqual({}, paid.event.metadata)

    def test_a_query_selects_by_any_type_and_all_tags(self):
        first = self.client.append([event("A", self.tag)])
        self.client.append([event("B", self.tag, "x"), event("C", self.tag, "y"), event("D", "x")])

        def types(*items):
            return [e.event.event_type for e in self.client.read(query=query(*items), start=first)]

        self.assertEqual(["B"], types(([], [self.tag, "x"])))
        self.assertEqual(["A", "C"], types((["A", "C"], [self.tag])))
        self.assertEqual(["A", "B"], types((["A"], [self.tag]), (["B", "D"], [self.tag])))
        self.assertEqual(["A", "B", "C", "D"], types(([], [])))
        self.assertEqual([], types((["E"], [])))

    def test_a_read_has_start_direction_and_limit_and_tells_the_head(self):
        last = self.client.append([event(t, self.tag) for t in "ABCDE"])
        a, b, c, d, e = [(last - 4 + i, t) for i, t in enumerate("ABCDE")]
        self.client.append([event("Other")])
        head = self.client.head()

        self.assertEqual(([a, b, c, d, e], head), self.read())
        self.assertEqual(([c, d, e], head), self.read(start=c[0]))
        self.assertEqual(([e, d, c, b, a], head), self.read(backwards=True))
        self.assertEqual(([c, b, a], head), self.read(backwards=True, start=c[0]))
        self.assertEqual(([a, b], b[0]), self.read(limit=2))
        self.assertEqual(([e], e[0]), self.read(backwards=True, limit=1))
        self.assertEqual(([a, b, c, d, e], head), self.read(limit=9))
        self.assertEqual([], self.read(limit=0)[0])
        self.assertEqual([], self.read(start=head + 10)[0])

    def test_a_long_read_comes_in_batches(self):
        small = Client(URL, batch_size=7)
        for _ in range(3):
            self.client.append([event("Many", self.tag) for _ in range(100)])

        self.assertEqual(300, len(list(small.read(query=self.ours))))
        self.assertEqual(250, len(list(small.read(query=self.ours, limit=250))))

    def test_a_condition_that_fails_is_an_integrity_error(self):
        seen = self.client.append([event("A", self.tag)])
        condition = AppendCondition(fail_if_events_match=self.ours, after=seen)
        self.client.append([event("Other")], condition=condition)
        written = self.client.append([event("B", self.tag)], condition=condition)
        head = self.client.head()

        with self.assertRaises(IntegrityError) as refused:
            self.client.append([event("C", self.tag)], condition=condition)
        self.assertIn(str(written), str(refused.exception))
        with self.assertRaises(IntegrityError):
            self.client.append([event("C")], condition=AppendCondition(self.ours))
        with self.assertRaises(IntegrityError):
            self.client.append([event("C")], condition=AppendCondition(Query(), after=seen))
        self.assertEqual(head, self.client.head())

    def test_a_repeated_append_is_answered_as_the_first(self):
        condition = AppendCondition(self.ours, after=self.client.head())
        events = [event("A", self.tag, id=uuid.uuid4()), event("B", self.tag, id=uuid.uuid4())]
        first = self.client.append(events, condition=condition)
        self.client.append([event("C", self.tag)])

        self.assertEqual(first, self.client.append(events, condition=condition))
        self.assertEqual(3, len(self.read()[0]))

    def test_tracking_has_to_grow(self):
        source = self.tag
        self.assertIsNone(self.client.get_tracking_info(source))

        position = self.client.append([event("A", self.tag)], tracking_info=TrackingInfo(source, 7))

        self.assertEqual(7, self.client.get_tracking_info(source))
        self.assertEqual(position, self.client.head())
        for again in (7, 6):
            with self.assertRaises(IntegrityError):
                self.client.append([event("B", self.tag)], tracking_info=TrackingInfo(source, again))
        self.client.append([event("C", self.tag)], tracking_info=TrackingInfo(source, 8))
        self.assertEqual(["A", "C"], [t for _, t in self.read()[0]])

    def test_a_subscription_gives_history_and_goes_on(self):
        self.client.append([event("A", self.tag), event("Other"), event("B", self.tag)])
        subscription = self.client.subscribe(query=self.ours)
        given = [next(subscription), next(subscription)]

        writer = threading.Thread(
            target=lambda: [Client(URL).append([event(t, self.tag), event("Other")]) for t in "CDE"]
        )
        writer.start()
        given += [next(subscription) for _ in range(3)]
        writer.join()
        subscription.cancel()

        self.assertEqual(list("ABCDE"), [e.event.event_type for e in given])
        behind = self.client.subscribe(query=self.ours, after=given[2].position)
        self.assertEqual("D", next(behind).event.event_type)
        behind.cancel()

    def test_nonsense_is_refused(self):
        for events in ([event("")], [event("$own")], [event("A", "")], [event("A", "t" * 1025)]):
            with self.assertRaises(ValueError):
                self.client.append(events)
        with self.assertRaises(ValueError):
            self.client.get_tracking_info("")

    def test_an_append_of_nothing_is_position_0(self):
        self.assertEqual(0, self.client.append([]))

    def test_it_is_healthy(self):
        self.assertEqual(ServingStatus.SERVING, self.client.check_health(""))
        self.assertEqual(ServingStatus.SERVING, self.client.check_health("umadb.v1.DCB"))
        self.assertEqual(ServingStatus.SERVING, next(self.client.watch_health("umadb.v1.DCB")))
        with self.assertRaises(Exception):
            self.client.check_health("nobody")

    def test_of_many_who_decide_by_the_same_events_one_wins_each_round(self):
        rounds, writers = 10, 6
        start = threading.Barrier(writers)
        wins = []

        def write():
            client = Client(URL)
            for _ in range(rounds):
                _, head = client.read(query=self.ours).collect_with_head()
                start.wait(60)
                try:
                    client.append([event("Taken", self.tag)], AppendCondition(self.ours, head))
                    wins.append(1)
                except IntegrityError:
                    pass
                start.wait(60)

        threads = [threading.Thread(target=write) for _ in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(rounds, len(wins))
        self.assertEqual(rounds, len(self.read()[0]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
