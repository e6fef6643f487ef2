SELECT count(*), to_regclass('lost'), to_regclass('orders_id') FROM orders;
