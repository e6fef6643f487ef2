/* schema/address.c: see address.h. A hash table with open addressing; an entry without a class is free. */
#include "schema/address.h"

#include "base/mem.h"

enum { OBJECT_MAX = (1 << 30) - 1 };

typedef struct Entry {
    Address address;
    uint32_t object : 30, is_default : 1, is_internal : 1;
} Entry;

struct AddressTable {
    Entry *entries;
    size_t mask, used;
};

AddressTable *address_table_new(const void *ctx, size_t expected)
{
    AddressTable *table = mem_new(ctx, AddressTable);
    size_t size = 64;
    while (size / 2 < expected)
        size *= 2;
    table->entries = mem_array(table, Entry, size);
    table->mask = size - 1;
    return table;
}

static Entry *entry_of(const AddressTable *table, Address a)
{
    uint64_t hash = ((uint64_t)a.oid << 32 | ((uint64_t)a.class << 11 ^ (uint32_t)a.sub)) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = (size_t)(hash >> 32);; i++) {
        Entry *e = &table->entries[i & table->mask];
        if (e->address.class == 0 || (e->address.oid == a.oid && e->address.class == a.class && e->address.sub == a.sub))
            return e;
    }
}

bool address_find(const AddressTable *table, Address address, Place *place)
{
    const Entry *e = entry_of(table, address);
    if (e->address.class == 0)
        return false;
    *place = (Place){.object = e->object, .is_default = e->is_default, .is_internal = e->is_internal};
    return true;
}

static void grow(AddressTable *table)
{
    AddressTable *larger = address_table_new(table, table->mask + 1);
    for (size_t i = 0; i <= table->mask; i++)
        if (table->entries[i].address.class != 0)
            *entry_of(larger, table->entries[i].address) = table->entries[i];
    talloc_free(table->entries);
    table->entries = larger->entries;
    table->mask = larger->mask;
}

void address_add(AddressTable *table, Address address, Place place)
{
    Entry *e = entry_of(table, address);
    if (e->address.class != 0)
        return;
    *e = (Entry){.address = address, .object = place.object & OBJECT_MAX, .is_default = place.is_default, .is_internal = place.is_internal};
    if (++table->used > table->mask / 4 * 3)
        grow(table);
}
