SELECT to_regclass('of_the_head'), to_regclass('of_the_tail'), to_regclass('lost');
