/* schema/address.h: where an oid of a catalog leads. Not for other floors. */
#ifndef SCHEMA_ADDRESS_H
#define SCHEMA_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As pg_depend names things. */
typedef struct Address {
    uint32_t class, oid;
    int32_t sub;
} Address;

/* The object, or the one that it is part of. */
typedef struct Place {
    uint32_t object; /* its number */
    bool is_default;  /* a column's default expression */
    bool is_internal; /* a part of the object that is none itself */
} Place;

/* Small entries side by side: a database of ten thousand tables has a quarter of a million addresses. */
typedef struct AddressTable AddressTable;

/* Holds `expected` addresses before it must grow. */
AddressTable *address_table_new(const void *ctx, size_t expected);

/* False when the address is not known. */
bool address_find(const AddressTable *table, Address address, Place *place);

/* Nothing happens when it is known. */
void address_add(AddressTable *table, Address address, Place place);

#endif
