-- Runs before the tests of this folder. Each test finds what it leaves, and nothing of what other tests did.
SELECT app.register_person('ada@test.example', 'Ada');
