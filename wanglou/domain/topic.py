"""The one list of crisis topics for rules, readings and books."""

from enum import StrEnum


class Topic(StrEnum):
    """What kind of trouble a mention or an incident is about; ``OTHER`` is trouble of no listed kind."""

    PRODUCT_SAFETY = "product_safety"
    FOOD_SAFETY = "food_safety"
    FALSE_ADVERT = "false_advert"
    SERVICE_COMPLAINT = "service_complaint"
    DATA_LEAK = "data_leak"
    EXECUTIVE = "executive"
    SPOKESPERSON = "spokesperson"
    LABOUR = "labour"
    REGULATOR = "regulator"
    RUMOUR = "rumour"
    COMPETITOR_ATTACK = "competitor_attack"
    OUTAGE = "outage"
    ADVERT_BLOCKED = "advert_blocked"
    PRICE_OR_PROMISE = "price_or_promise"
    ENVIRONMENT = "environment"
    BOYCOTT = "boycott"
    FINANCE = "finance"
    OTHER = "other"
