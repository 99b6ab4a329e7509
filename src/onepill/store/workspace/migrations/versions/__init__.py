"""Which steps lead from the first tables to today's, in their order?"""
