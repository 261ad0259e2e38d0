# Runs programs in one process of CPython. Reads, from a file, lines `LENGTH` each followed by a program of so many bytes; writes the same for
# what each has printed. Modules named after the file can't be imported: those that the others lack. What programs leave behind is frozen, so that the next one's collections don't look at it.
import gc
import io
import resource
import sys
import traceback


def run(source):
    caught = io.StringIO()
    standard, sys.stdout = sys.stdout, caught
    names = {'__name__': '__main__'}
    try:
        exec(compile(source, 'program.py', 'exec'), names)
    except BaseException:
        traceback.print_exc(limit=0, file=caught)
    finally:
        sys.stdout = standard
        names.clear()
        gc.collect()
        gc.freeze()
    return caught.getvalue().encode('utf-8', 'surrogatepass')


# A program that wants more gets a MemoryError, and is not compared.
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
sys.modules.update({name: None for name in sys.argv[2:]})
with open(sys.argv[1], 'rb') as programs:
    while True:
        line = programs.readline()
        if not line:
            break
        output = run(programs.read(int(line)))
        sys.stdout.buffer.write(b'%d\n%s' % (len(output), output))
