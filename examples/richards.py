"""A small operating-system kernel, simulated.

The workload follows the idea of Martin Richards' well-known benchmark: tasks of
different priorities live in a circular world of messages, and a scheduler always
runs the most important task that is able to run.  The program is a stress for
attribute access, dynamic dispatch, short-lived objects and linked structures.

The cast:

  Message    what tasks send to each other; a link in a mailbox (linked list)
  Task       a thing to schedule, with a priority, a mailbox and a state;
             subclasses say in `step` what the task does when it runs
  Kernel     the scheduler: a table of tasks by id, and a list by priority

Six tasks run in each round of the simulation:

  Ticker     the lowest priority; it burns its budget of ticks, and wakes one of
             the two devices each time, as a linear feedback shift register says
  Producer   fills messages with letters and sends them to the consumers in turn
  Consumer   (two) copies each letter of a message to a device as a request
  Device     (two) delays a request until it is woken, then returns its message

Usage: richards.py [ROUNDS]

It prints how many times tasks were scheduled, how many messages were delivered,
how many requests the devices served, and a checksum of the letters seen.  The
result depends on the number of rounds only.
"""

import sys

# Task ids, which are also indices into the kernel's table.
TICKER, PRODUCER, CONSUMER_A, CONSUMER_B, DEVICE_A, DEVICE_B = range(6)

# The two kinds of message.
WORK, REQUEST = 0, 1

LETTERS_PER_MESSAGE = 4
DEFAULT_ROUNDS = 40
TICKS_PER_ROUND = 6000


class Message:
    """A link in a mailbox; `letters` is the payload of WORK messages."""

    __slots__ = ("next", "sender", "kind", "letter", "letters")

    def __init__(self, sender, kind):
        self.next = None
        self.sender = sender      # where the message is to be sent back to
        self.kind = kind
        self.letter = 0           # REQUEST: the letter; WORK: the position reached
        self.letters = None


class Mailbox:
    """A first-in first-out queue, as a linked list of messages."""

    def __init__(self):
        self.head = None
        self.tail = None

    def put(self, message):
        message.next = None
        if self.head is None:
            self.head = message
        else:
            self.tail.next = message
        self.tail = message

    def take(self):
        message = self.head
        if message is not None:
            self.head = message.next
            message.next = None
        return message

    def __bool__(self):
        return self.head is not None

    def __len__(self):
        n, message = 0, self.head
        while message is not None:
            n, message = n + 1, message.next
        return n


class Task:
    """A schedulable thing.

    A task can run if it is not held, and it is either ready or has mail.
    """

    def __init__(self, kernel, ident, priority):
        self.kernel = kernel
        self.ident = ident
        self.priority = priority
        self.mailbox = Mailbox()
        self.held = False
        self.ready = False
        self.runs = 0
        kernel.add(self)

    @property
    def runnable(self):
        return not self.held and (self.ready or self.mailbox.head is not None)

    def run(self):
        """Take one message, if there is one, and act on it."""
        self.ready = False
        self.runs += 1
        self.step(self.mailbox.take())

    def step(self, message):
        raise NotImplementedError(f"{type(self).__name__}.step")

    def __lt__(self, other):
        return self.priority > other.priority


class Ticker(Task):
    """Counts down its budget, and wakes a pseudo-randomly chosen device at each tick."""

    def __init__(self, kernel, ident, priority, ticks):
        super().__init__(kernel, ident, priority)
        self.ticks = ticks
        self.register = 0xACE1
        self.ready = True

    def step(self, message):
        self.ticks -= 1
        if self.ticks <= 0:
            self.held = True
            return
        # A Galois shift register, whose lowest bit is the choice.
        bit = self.register & 1
        self.register >>= 1
        if bit:
            self.register ^= 0xB400
        self.kernel.wake(DEVICE_A if bit else DEVICE_B)
        self.ready = True


class Producer(Task):
    """Fills the messages it owns with letters, and sends each to the next consumer."""

    def __init__(self, kernel, ident, priority, messages):
        super().__init__(kernel, ident, priority)
        self.position = 0
        self.turn = CONSUMER_A
        for _ in range(messages):
            self.mailbox.put(Message(ident, WORK))

    def step(self, message):
        if message is None:
            return
        letters = []
        for _ in range(LETTERS_PER_MESSAGE):
            letters.append(chr(ord("A") + self.position))
            self.position = (self.position + 1) % 26
        message.letters = letters
        message.letter = 0
        target, self.turn = self.turn, CONSUMER_A + CONSUMER_B - self.turn
        self.kernel.send(message, target)


class Consumer(Task):
    """Turns each letter of its work into a request to its device, one at a time.

    The work goes back to the producer when all of its letters have been served.
    """

    def __init__(self, kernel, ident, priority, device):
        super().__init__(kernel, ident, priority)
        self.device = device
        self.pending = Mailbox()
        self.waiting = False
        self.text = ""

    def step(self, message):
        if message is not None:
            if message.kind == WORK:
                self.pending.put(message)
            else:
                # a request has come back: the device has served it
                self.waiting = False
                self.text = (self.text + message.letter)[-16:]
        if self.waiting:
            return
        work = self.pending.head
        if work is None:
            return
        if work.letter == len(work.letters):
            self.kernel.send(self.pending.take(), PRODUCER)
            self.ready = True
            return
        request = Message(self.ident, REQUEST)
        request.letter = work.letters[work.letter]
        work.letter += 1
        self.waiting = True
        self.kernel.send(request, self.device)


class Device(Task):
    """Keeps requests until the ticker wakes it; each waking serves the oldest of them."""

    def __init__(self, kernel, ident, priority):
        super().__init__(kernel, ident, priority)
        self.backlog = Mailbox()
        self.woken = False
        self.served = 0
        self.checksum = 1

    def step(self, message):
        if message is not None:
            self.backlog.put(message)
        if not self.woken:
            return
        self.woken = False
        request = self.backlog.take()
        if request is None:
            return
        self.served += 1
        self.checksum = (self.checksum * 31 + ord(request.letter)) % 1000003
        self.kernel.send(request, request.sender)


class Kernel:
    """Owns the tasks, delivers messages, and runs the most important runnable task."""

    def __init__(self):
        self.table = {}
        self.by_priority = []
        self.schedules = 0
        self.deliveries = 0

    def add(self, task):
        if task.ident in self.table:
            raise ValueError(f"two tasks have the id {task.ident}")
        self.table[task.ident] = task
        self.by_priority.append(task)
        self.by_priority.sort()

    def send(self, message, ident):
        """Deliver to the task `ident`; the message's sender stays who made it."""
        self.deliveries += 1
        self.table[ident].mailbox.put(message)

    def wake(self, ident):
        task = self.table[ident]
        task.woken = True
        task.ready = True

    def choose(self):
        for task in self.by_priority:
            if task.runnable:
                return task
        return None

    def run(self):
        while (task := self.choose()) is not None:
            self.schedules += 1
            task.run()


def simulate(ticks):
    """One round: build the world, run it until nothing can run, and report on it."""
    kernel = Kernel()
    Ticker(kernel, TICKER, 1, ticks)
    Producer(kernel, PRODUCER, 10, 5)
    Consumer(kernel, CONSUMER_A, 20, DEVICE_A)
    Consumer(kernel, CONSUMER_B, 21, DEVICE_B)
    Device(kernel, DEVICE_A, 30)
    Device(kernel, DEVICE_B, 31)
    kernel.run()
    devices = [kernel.table[DEVICE_A], kernel.table[DEVICE_B]]
    checksum = 0
    for task in kernel.table.values():
        checksum = (checksum * 131 + task.runs + len(task.mailbox)) % 1000003
    for device in devices:
        checksum = (checksum * 131 + device.checksum) % 1000003
    for ident in (CONSUMER_A, CONSUMER_B):
        for letter in kernel.table[ident].text:
            checksum = (checksum * 131 + ord(letter)) % 1000003
    return kernel.schedules, kernel.deliveries, sum(d.served for d in devices), checksum


def main(argv):
    rounds = int(argv[1]) if len(argv) > 1 else DEFAULT_ROUNDS
    schedules = deliveries = served = checksum = 0
    for number in range(rounds):
        # rounds differ a little in length, so that they are not all the same work
        s, d, r, c = simulate(TICKS_PER_ROUND + number % 7)
        schedules += s
        deliveries += d
        served += r
        checksum = (checksum * 17 + c) % 1000003
    print("rounds", rounds)
    print("schedules", schedules)
    print("deliveries", deliveries)
    print("served", served)
    print("checksum", checksum)


if __name__ == "__main__":
    main(sys.argv)
