# CPython's half of the comparison. Reads lines `LENGTH`, each followed by a program of so many bytes, and answers each with the same for what
# it has printed. A program that takes too much time ends the process instead of being answered: nobody knows what is left of it.
# What the others leave behind is frozen, so that the next one's collections don't look at it.
import gc
import io
import resource
import signal
import sys
import traceback

SECONDS = 20
# Half of what the programs have elsewhere: what fits here fits there.
BYTES = 1 << 30


def run(source):
    caught, complaints = io.StringIO(), io.StringIO()
    standard = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = caught, complaints
    names = {'__name__': '__main__'}
    signal.alarm(SECONDS)
    try:
        exec(compile(source, 'program.py', 'exec'), names)
    except BaseException:
        traceback.print_exc(limit=0, file=caught)
    finally:
        signal.alarm(0)
        names.clear()
        gc.collect()
        gc.freeze()
        sys.stdout, sys.stderr = standard
    if complaints.getvalue():
        print('finalizers complained', file=caught)
    return caught.getvalue().encode('utf-8', 'surrogatepass')


resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
while line := sys.stdin.buffer.readline():
    output = run(sys.stdin.buffer.read(int(line)))
    sys.stdout.buffer.write(b'%d\n%s' % (len(output), output))
    sys.stdout.buffer.flush()
