// Every part of taipan.hpp, with exceptions and without: what is given in and comes back, who owns what, what happens to errors.
//
//     cpp MANAGER    prints nothing; an assertion that fails says where
#include <cstdio>
#include <cstdlib>
#include <limits>
#include "taipan.hpp"

#define CHECK(what) ((what) ? (void)0 : (std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what), std::abort()))

namespace {

int alive = 0; // nodes and counted captures

struct counted {
    counted() { ++alive; }
    counted(const counted &) { ++alive; }
    counted(counted &&) noexcept { ++alive; }
    ~counted() { --alive; }
};

struct node {
    explicit node(int w) : weight(w) {}
    int add(int more) { return weight += more; }
    int get() const noexcept { return weight; }

    int weight;
    taipan::slot next;
    taipan::ref held;
    counted one;
};

int triple(int n) { return 3 * n; }

void set_up(taipan::context py)
{
    counted captured;
    py.type<node>("demo.Node")
        .slot(&node::next)
        .init<int>()
        .derivable()
        .def("add", &node::add)
        .getter("weight", &node::get)
        .setter("weight", [](node &self, int weight) { self.weight = weight; })
        .def("link", [](taipan::object<node> self, taipan::object<node> other) { self.set_slot(&node::next, other); })
        .def("hold", [](node &self, taipan::value what) { self.held = what.keep(); })
        .add();
    py.module("demo")
        .def("node", [](taipan::context here, int weight) { return here.create<node>(weight); })
        .def("weigh", [captured](const node &one, const node &other) { return one.weight + other.weight; })
        .def("triple", triple)
        .def("join", [](const std::string &a, std::string b, double c, bool d) { return a + b + (d ? "!" : "?") + std::to_string(int(c)); })
        .def("sum", [](const std::vector<int64_t> &all) {
            int64_t total = 0;
            for (int64_t n : all)
                total += n;
            return total;
        })
        .def("small", [](uint8_t n) { return n; })
        .def("careless", [](taipan::context here) {
            here.eval("1 // 0");
            return 5;
        })
        .def("back", [](taipan::context here, taipan::value f) { return f(here.make(1), 2); })
        .add();
    py.exec("from demo import *\nimport demo");
    py.exec("try:\n    careless()\nexcept ZeroDivisionError:\n    noticed = True");
    CHECK(py.global("noticed").truth());
}

void classes(taipan::context py)
{
    taipan::scope scope(py);
    py.exec("def why(f, *rest):\n"
            "    try: return f(*rest)\n"
            "    except Exception as e: return f'{type(e).__name__}: {e}'\n"
            "Node = type(node(1))\n"
            "class Heavy(Node):\n"
            "    def __init__(self, weight, name):\n"
            "        super().__init__(weight * 100)\n"
            "        self.name = name\n"
            "class Lazy(Node):\n"
            "    def __init__(self): pass\n"
            "h = Heavy(3, 'h')\n"
            "h.weight += 7\n"
            "h.link(h)");
    CHECK(py.eval("[h.weight, h.name, h.add(1), weigh(h, Node(2)), isinstance(h, Node)] == [307, 'h', 308, 310, True]").truth());
    CHECK(py.eval("why(delattr, h, 'weight')").to<std::string>() == "AttributeError: the attribute can't be deleted");
    CHECK(py.eval("why(setattr, h, 'weight', 'x')").to<std::string>() == "TypeError: expected int, not 'str'");
    CHECK(py.eval("why(h.__init__, 1, 'again')").to<std::string>() == "TypeError: __init__ was called already");
    CHECK(py.eval("why(Lazy().add, 1)").to<std::string>() == "ValueError: the object is not made yet: its __init__ was not called");
    CHECK(py.eval("why(Node, 'x')").to<std::string>() == "TypeError: expected int, not 'str'");
    py.exec("del h");
    py.collect();
}

void conversions(taipan::context py)
{
    CHECK(py.eval("join('a', 'b\\0\\u20ac', 3, True)").to<std::string>() == std::string("ab\0\xe2\x82\xac!3", 8));
    CHECK(py.make("x").to<std::string>() == "x" && py.make(std::string()).to<std::string>().empty());
    CHECK(py.make(std::numeric_limits<uint64_t>::max()).to<uint64_t>() == std::numeric_limits<uint64_t>::max());
    CHECK(py.make(std::numeric_limits<int64_t>::min()).to<int64_t>() == std::numeric_limits<int64_t>::min());
    CHECK(py.make(nullptr).is_none() && py.make(true).kind() == TPN_K_BOOL && py.make(1.5F).to<float>() > 1.4F);
    std::vector<std::string> words = {"one", "two"};
    CHECK(py.make(words).to<std::vector<std::string>>() == words);
    CHECK(py.eval("sum(range(5)) + demo.triple(2)").to<int>() == 16);
    CHECK(py.tuple(1, "b", nullptr).repr() == "(1, 'b', None)");
    taipan::value dict = py.dict();
    dict.set_item("k", words);
    dict.item("k").append(3);
    CHECK(dict.str() == "{'k': ['one', 'two', 3]}" && dict.contains("k") && dict.len() == 1 && dict.truth());
    int count = 0;
    for (taipan::value item : py.eval("'abc'"))
        count += item.compare(TPN_GT, py.make("a"));
    CHECK(count == 2);
    py.main().set_attr("given", 5);
    CHECK(py.eval("given").is(py.global("given")) && py.main().attr_opt("nothing").is_absent());
    CHECK(py.make("a,b").call("split", ",").len() == 2);
}

// Objects of C++ classes: in cycles through slots, holding refs, with functions of the host holding objects of C++.
void objects(taipan::heap &heap, taipan::context py)
{
    int before = alive;
    {
        taipan::scope scope(py);
        taipan::object<node> one = py.create<node>(4), other = py.create<node>(5);
        one.set_slot(&node::next, other);
        other.set_slot(&node::next, one);
        CHECK(one.call("add", 3).to<int>() == 7 && one->weight == 7 && py.as<node>(one)->weight == 7);
        CHECK(py.global("weigh")(one, other).to<int>() == 12 && one.get_slot(&node::next).is(other));
        one.set_slot(&node::next, taipan::value());
        CHECK(one.get_slot(&node::next).is_absent());
        one.call("link", other);
        one.call("hold", py.eval("node(1)"));
    }
    CHECK(alive == before + 3);
    py.collect(); // one is enough, also for what the dead have held
    CHECK((heap.caps() & TPN_CAP_COLLECTS) == 0 || alive == before);
}

void references(taipan::heap &heap, taipan::context py)
{
    taipan::ref kept, weak;
    {
        taipan::scope scope(py);
        taipan::value made = py.eval("node(9)");
        kept = made.keep();
        weak = made.weak();
        CHECK(weak && kept.lock().is(weak.lock()));
    }
    py.collect();
    {
        taipan::scope scope(py);
        CHECK(py.as<node>(weak.lock())->weight == 9);
    }
    kept.reset();
    py.collect();
    CHECK((heap.caps() & TPN_CAP_COLLECTS) == 0 || weak.lock().is_absent());
    CHECK(!kept && kept.lock().is_absent());
    taipan::scope outer(py);
    taipan::value list;
    {
        taipan::scope inner(py);
        list = inner.escape(py.eval("[1]"));
    }
    CHECK(list.len() == 1);
    // A function that has captured a reference: it is dropped where the heap can't be called, so the object dies a collection later.
    int before = alive;
    {
        taipan::scope scope(py);
        std::shared_ptr<taipan::ref> captured = std::make_shared<taipan::ref>(py.eval("node(2)").keep());
        py.module("brief").def("f", [captured]() { return captured->lock(); }).add();
        CHECK(py.eval("__import__('brief').f().weight").to<int>() == 2);
    }
    py.exec("import sys\nsys.modules.pop('brief', None)\ndel sys");
    py.collect();
    py.collect();
    CHECK((heap.caps() & TPN_CAP_COLLECTS) == 0 || alive == before);
}

#if TPN_HPP_THROWS
template <class F> std::string thrown(F f, tpn_status status = TPN_E_EXC)
{
    try {
        f();
    } catch (const taipan::error &e) {
        CHECK(e.status() == status);
        return e.what();
    }
    return "nothing";
}

bool ends(const std::string &text, const std::string &end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

void errors(taipan::heap &heap, taipan::context py)
{
    CHECK(ends(thrown([&] { py.eval("1 // 0"); }), "ZeroDivisionError: integer division or modulo by zero\n"));
    CHECK(ends(thrown([&] { py.eval("small(256)"); }), "OverflowError: the int does not fit\n"));
    CHECK(ends(thrown([&] { py.eval("sum(['x'])"); }), "TypeError: expected int, not 'str'\n"));
    CHECK(ends(thrown([&] { py.eval("triple(1, 2)"); }), "\n"));
    CHECK(thrown([&] { py.eval("weigh(node(1), 2)"); }) != "nothing");
    CHECK(thrown([&] { (void)py.make("x").to<int>(); }, TPN_E_TYPE) != "nothing");
    CHECK(thrown([&] { py.fuel(10); py.exec("while True: pass"); }, TPN_E_FUEL) != "nothing");
    py.fuel(TPN_FUEL_ANY);
    if ((heap.caps() & TPN_CAP_COLLECTS) != 0) // else it stays full
        CHECK(thrown([&] { py.exec("def fill():\n    x = []\n    while True: x.append([0] * 1000)\nfill()"); }, TPN_E_NOMEM) != "nothing");
    // A script's exception, through C++ and back, is the same object.
    py.exec("class Own(Exception): pass\nmine = Own('mine')\ndef fail(a, b): raise mine\n"
            "try:\n    back(fail)\nexcept Own as e:\n    same = e is mine\n");
    CHECK(py.global("same").truth());
    try {
        py.exec("raise mine");
        CHECK(false);
    } catch (const taipan::error &e) {
        CHECK(e.exception().is(py.global("mine")));
    }
    // A type that is no good, and a module: nothing of what they were given is lost.
    int before = alive;
    counted captured;
    CHECK(thrown([&] { py.module("bad").def("ok", [captured] {}).def("\xff", [captured] {}).add(); }, TPN_E_ARG) != "nothing");
    { py.module("never").def("added", [captured] {}); }
    py.collect();
    py.collect();
    CHECK((heap.caps() & TPN_CAP_COLLECTS) == 0 || alive <= before + 2);
    CHECK(thrown([] { taipan::heap heap(taipan::config().manager("nonsense")); }, TPN_E_ARG).find("nonsense") != std::string::npos);
}
#else
void errors(taipan::heap &, taipan::context py)
{
    taipan::value failed = py.eval("[1, 0]").item(1).call("nothing");
    CHECK(failed.failed() && py.failed() && failed.attr("more").failed() && failed.to<int>() == 0);
    taipan::error error = py.take_error();
    CHECK(error.status() == TPN_E_EXC && std::string(error.what()).find("AttributeError") != std::string::npos);
    CHECK(!py.failed() && py.eval("1 + 1").to<int>() == 2);
    CHECK(py.eval("weigh(node(1), 2)").failed() && py.take_error().status() != TPN_OK);
    py.exec("try:\n    back(lambda a, b: 1 // 0)\nexcept ZeroDivisionError:\n    caught = True");
    CHECK(!py.failed() && py.global("caught").truth());
    taipan::object<node> wrong = py.as<node>(py.make(1));
    CHECK(wrong.failed() || py.failed());
    (void)py.take_error();
    taipan::heap none(taipan::config().manager("nonsense"));
    CHECK(!none.ok() && none.message().find("nonsense") != std::string::npos);
}
#endif

void buffers(taipan::context py)
{
    static char memory[] = "memory";
    taipan::scope scope(py);
    py.exec("import array\nnumbers = array.array('d', [1.0, 2.0, 3.0])");
    taipan::buffer open(py.global("numbers"), true), text(py.eval("'text'"));
    CHECK(open && open.count() == 3 && open.item_size() == sizeof(double) && open.format() == 'd');
    CHECK(open.items<const int64_t>() == nullptr && open.items<float>() == nullptr && text.items<char>() == nullptr);
    CHECK(std::string(text.items<const char>(), text.size()) == "text" && text.writable() == nullptr);
    double *numbers = open.items<double>();
    py.collect();
    numbers[1] = 7.5;
    CHECK(py.eval("numbers[1]").to<double>() > 7.4);
    taipan::buffer moved(std::move(open));
    CHECK(!open && moved.data() == numbers && py.stats().buffers == 2);
    moved = taipan::buffer();
    text.close();
    text.close();
    CHECK(py.stats().buffers == 0);
    py.exec("numbers.append(1.0)");
    py.memory(memory, 6, TPN_MEMORY_WRITE).set_item(0, 77);
    CHECK(memory[0] == 77);
#if TPN_HPP_THROWS
    CHECK(thrown([py] { taipan::buffer none(py.eval("5")); }, TPN_E_TYPE).find("bytes-like") != std::string::npos);
#else
    taipan::buffer none(py.eval("5"));
    CHECK(!none && none.data() == nullptr && py.take_error().status() == TPN_E_TYPE);
#endif
}

} // namespace

int main(int argc, char **argv)
{
    taipan::ref survivor;
    {
        taipan::heap made(taipan::config().manager(argc > 1 ? argv[1] : "mark").hard_limit(16 << 20));
        taipan::heap heap(std::move(made));
        taipan::context py = heap.attach();
        set_up(py);
        classes(py);
        conversions(py);
        objects(heap, py);
        references(heap, py);
        buffers(py);
        errors(heap, py);
        survivor = py.eval("node(1)").keep();
        py.eval("node(2).hold(node(3))");
        CHECK(py.stats().host_objects > 0);
    }
    CHECK(!survivor && survivor.lock().is_absent());
    CHECK(alive == 0);
    return 0;
}
