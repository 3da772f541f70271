// SPDX-License-Identifier: Apache-2.0
#include "base/base.h"

#define DAY ((int64_t)86400)
#define YEAR_FIRST 1
#define YEAR_LAST 9999
// 0001-01-01 00:00:00 UTC and 9999-12-31 23:59:59 UTC.
#define CALENDAR_FIRST (-INT64_C(62135596800))
#define CALENDAR_LAST INT64_C(253402300799)
// No place on earth keeps a clock further from UTC.
#define OFFSET_MOST (14 * 3600)

// ---- Days -----------------------------------------------------------------------------------------------------------
static bool is_leap(int32_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int32_t days_in_month(int32_t year, int32_t month) {
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static int64_t divide_down(int64_t value, int64_t by) {
    int64_t result = value / by;
    return result - (value % by < 0);
}

// Both ways count in eras of 400 years, after which the calendar repeats (146097 days), and in years that begin on 1
// March, so that the leap day is the last one. 719468 days lie between 0000-03-01 and 1970-01-01.
static int64_t days_of(int32_t year, int32_t month, int32_t day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = divide_down(y, 400), year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of_days(int64_t days, struct calendar_date *date) {
    days += 719468;
    int64_t era = divide_down(days, 146097), day = days - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    date->day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1);
    date->month = (int32_t)(month < 10 ? month + 3 : month - 9);
    date->year = (int32_t)(year + era * 400 + (date->month <= 2));
}

static bool in_calendar(int64_t time) { return time >= CALENDAR_FIRST && time <= CALENDAR_LAST; }

static int64_t clamp(int64_t time) {
    if (time < CALENDAR_FIRST) return CALENDAR_FIRST;
    return time > CALENDAR_LAST ? CALENDAR_LAST : time;
}

struct calendar_date calendar_date_of(int64_t time, int32_t offset) {
    // Clamped before and after: the first keeps the sum from overflowing, the second keeps the local year within the
    // years.
    int64_t local = clamp(clamp(time) + offset);
    int64_t days = divide_down(local, DAY);
    int32_t second = (int32_t)(local - days * DAY);
    struct calendar_date date = {.hour = second / 3600, .minute = second / 60 % 60, .second = second % 60};
    date_of_days(days, &date);
    return date;
}

bool calendar_time_of(struct calendar_date date, int32_t offset, int64_t *time) {
    if (date.year < YEAR_FIRST || date.year > YEAR_LAST || date.month < 1 || date.month > 12) return false;
    if (date.day < 1 || date.day > days_in_month(date.year, date.month)) return false;
    if (date.hour < 0 || date.hour > 23 || date.minute < 0 || date.minute > 59) return false;
    if (date.second < 0 || date.second > 59) return false;
    int64_t result = days_of(date.year, date.month, date.day) * DAY + date.hour * 3600 + date.minute * 60 + date.second;
    result -= offset;
    if (!in_calendar(result)) return false;
    *time = result;
    return true;
}

bool calendar_add_months(int64_t time, int64_t count, int32_t offset, int64_t *result) {
    if (!in_calendar(time)) return false;
    struct calendar_date date = calendar_date_of(time, offset);
    const int64_t most = (YEAR_LAST + 1) * 12;
    if (count < -most || count > most) return false;
    int64_t months = date.year * INT64_C(12) + date.month - 1 + count;
    if (months < YEAR_FIRST * 12 || months >= most) return false;
    date.year = (int32_t)(months / 12);
    date.month = (int32_t)(months % 12 + 1);
    int32_t last = days_in_month(date.year, date.month);
    if (date.day > last) date.day = last;
    return calendar_time_of(date, offset, result);
}

// ---- Reading --------------------------------------------------------------------------------------------------------
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A cursor that looks past the end as at a NUL.
struct reader { struct span text; uint32_t at; };

static char look(const struct reader *reader, uint32_t ahead) {
    uint64_t at = (uint64_t)reader->at + ahead;
    return at < reader->text.length ? reader->text.at[at] : 0;
}

// Whether the text goes on as `shape` says: '0' stands for any digit, everything else for itself.
static bool looks_like(const struct reader *reader, const char *shape) {
    for (uint32_t i = 0; shape[i]; i++)
        if (shape[i] == '0' ? !is_digit(look(reader, i)) : look(reader, i) != shape[i]) return false;
    return true;
}

static int32_t read_digits(struct reader *reader, uint32_t count) {
    int32_t value = 0;
    for (uint32_t i = 0; i < count; i++) value = value * 10 + (reader->text.at[reader->at++] - '0');
    return value;
}

// Reads "hh:mm" and, where they follow, the seconds.
static void read_clock(struct reader *reader, struct calendar_date *date) {
    date->hour = read_digits(reader, 2);
    reader->at++;
    date->minute = read_digits(reader, 2);
    if (!looks_like(reader, ":00")) return;
    reader->at++;
    date->second = read_digits(reader, 2);
}

static bool is_name_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
           (unsigned char)c >= 0x80;
}

// Reads "Z", "+hh:mm" or "-hh:mm" where one stands, after a blank or right away. A Z that begins a name is no offset,
// and neither is a sign before anything but hh:mm: the language also writes "2022-01-05 + 6 months". False: no such
// offset exists.
static bool read_offset(struct reader *reader, bool after_clock, int32_t *offset) {
    struct reader ahead = *reader;
    if (look(&ahead, 0) == ' ') ahead.at++;
    else if (!after_clock) return true;
    if (look(&ahead, 0) == 'Z' && !is_name_character(look(&ahead, 1))) {
        ahead.at++;
        *offset = 0;
    } else if (looks_like(&ahead, "+00:00") || looks_like(&ahead, "-00:00")) {
        int32_t sign = look(&ahead, 0) == '-' ? -1 : 1;
        ahead.at++;
        int32_t hours = read_digits(&ahead, 2);
        ahead.at++;
        int32_t minutes = read_digits(&ahead, 2);
        if (minutes > 59 || hours * 3600 + minutes * 60 > OFFSET_MOST || is_digit(look(&ahead, 0))) return false;
        *offset = sign * (hours * 3600 + minutes * 60);
    } else {
        return true;
    }
    *reader = ahead;
    return true;
}

bool calendar_parse(struct span text, int32_t offset, int64_t *time, uint32_t *length) {
    struct reader reader = {text, 0};
    struct calendar_date date = {0};
    if (!looks_like(&reader, "0000-00-00")) return false;
    date.year = read_digits(&reader, 4);
    reader.at++;
    date.month = read_digits(&reader, 2);
    reader.at++;
    date.day = read_digits(&reader, 2);
    bool clock = looks_like(&reader, " 00:00") || looks_like(&reader, "T00:00");
    if (clock) {
        reader.at++;
        read_clock(&reader, &date);
    }
    if (is_digit(look(&reader, 0))) return false;
    if (!read_offset(&reader, clock, &offset)) return false;
    if (!calendar_time_of(date, offset, time)) return false;
    *length = reader.at;
    return true;
}

// ---- Writing --------------------------------------------------------------------------------------------------------
void calendar_print(struct text *out, int64_t time, int32_t offset) {
    if (time == TIME_MIN) {
        text_add(out, SPAN("since ever"));
    } else if (time == TIME_MAX) {
        text_add(out, SPAN("without end"));
    } else if (!in_calendar(time)) {
        text_add(out, time < 0 ? SPAN("before the year 0001") : SPAN("after the year 9999"));
    } else {
        struct calendar_date date = calendar_date_of(time, offset);
        text_print(out, "%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day, date.hour, date.minute);
        if (date.second) text_print(out, ":%02d", date.second);
        int32_t minutes = (offset < 0 ? -offset : offset) / 60;
        if (offset == 0) text_add(out, SPAN(" Z"));
        else text_print(out, " %c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    }
}

void calendar_print_duration(struct text *out, int64_t seconds) {
    static const struct { uint64_t seconds; const char *name; } units[] = {
        {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    uint64_t left = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
    if (left == 0) text_add(out, SPAN("0 seconds"));
    if (seconds < 0) text_byte(out, '-');
    uint32_t written = 0;
    for (uint32_t i = 0; i < COUNT_OF(units) && written < 2; i++) {
        uint64_t count = left / units[i].seconds;
        left %= units[i].seconds;
        if (count == 0) continue;
        text_print(out, "%s%llu %s%s", written ? " " : "", (unsigned long long)count, units[i].name,
                   count == 1 ? "" : "s");
        written++;
    }
}
