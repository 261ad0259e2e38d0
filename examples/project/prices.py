# Rules for prices: what a piece costs, and who gets it for less.
from shop import order

PRICES = {'apple': 0.5, 'bread': 3.25, 'cake': 18}

def price(order):
    total = order.total(PRICES[order.item])
    return total * 0.9 if order.customer == 'regular' else total

orders = [order('apple', 12, 'regular'), order('bread', 2, None), order('pear', 1, None), order('cake', 1, 'regular')]
