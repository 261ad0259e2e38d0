// Orders of a shop in C++, priced by a script: classes of the host with slots, functions from lambdas, errors as exceptions.
//
//     prices MANAGER RULES.py
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <taipan.hpp>

namespace {

int orders_alive = 0;

// An order, made here or by the script. The customer is any object of the script's: a slot, so the heap looks after it.
struct order {
    explicit order(std::string what, int how_many) : item(std::move(what)), pieces(how_many) { ++orders_alive; }
    ~order() { --orders_alive; }
    double total(double each) const { return each * pieces; }

    std::string item;
    int pieces;
    taipan::slot customer;
};

void set_up(taipan::context py)
{
    py.type<order>("shop.Order")
        .slot(&order::customer)
        .getter("item", [](order &self) { return self.item; })
        .getter("pieces", [](order &self) { return self.pieces; })
        .getter("customer", [](taipan::object<order> self) { return self.get_slot(&order::customer); })
        .def("total", &order::total)
        .add();
    py.module("shop")
        .def("order", [](taipan::context here, const std::string &item, int pieces, taipan::value customer) {
            if (pieces < 1)
                throw std::invalid_argument("an order has one piece at least");
            taipan::object<order> made = here.create<order>(item, pieces);
            made.set_slot(&order::customer, customer);
            return made;
        })
        .add();
}

// Asks the script for the price of an order; its errors are those of this order.
void show(taipan::context py, taipan::value price, taipan::value item)
{
    taipan::scope turn(py);
    try {
        double asked = price(item).to<double>();
        std::cout << item.attr("item").str() << ": " << asked << '\n';
    } catch (const taipan::error &e) {
        std::cout << item.attr("item").str() << ": " << e.what();
    }
}

void run(const std::string &manager, const char *path)
{
    std::ifstream file(path);
    std::stringstream rules;
    rules << file.rdbuf();
    taipan::heap heap(taipan::config().manager(manager).hard_limit(16 << 20));
    taipan::context py = heap.attach();
    set_up(py);
    py.exec(rules.str(), path);

    taipan::ref price = py.global("price").keep(); // outlives the scope below
    {
        taipan::scope day(py);
        for (taipan::value item : py.global("orders"))
            show(py, price.lock(), item);
        taipan::object<order> gift = py.create<order>("gift", 1);
        gift.set_slot(&order::customer, gift); // a cycle
        std::cout << "a gift for itself: " << std::boolalpha << gift.get_slot(&order::customer).is(gift) << '\n';
    }
    try {
        py.exec("order('nothing', 0, None)", "<prices>");
    } catch (const taipan::error &e) {
        std::cout << "refused: " << e.what();
    }
    std::vector<int> pieces = py.eval("[o.pieces for o in orders]").to<std::vector<int>>();
    std::cout << "pieces:";
    for (int n : pieces)
        std::cout << ' ' << n;
    std::cout << "\nalive: " << (orders_alive > 0) << '\n';
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::cerr << "usage: prices MANAGER RULES.py\n";
        return 2;
    }
    try {
        run(argv[1], argv[2]);
    } catch (const taipan::error &e) {
        std::cerr << "prices: " << e.what() << '\n';
        return 1;
    }
    std::cout << "after the heap: " << orders_alive << '\n';
}
