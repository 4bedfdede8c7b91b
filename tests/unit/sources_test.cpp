// SPDX-License-Identifier: Apache-2.0
#include "sim/config/sources.h"

#include <algorithm>
#include <map>

#include "tests/unit/config_fixture.h"

namespace tricycle {
namespace {

/// "fact: text" or "-" of every key of the file m.yaml.
std::map<std::string, std::string> sources_of(const std::string& path = "m.yaml") {
  std::map<std::string, std::string> out;
  for (const KeySource& s : file_sources(path))
    out[s.key] =
        s.tag ? std::string(kTagNames[static_cast<std::size_t>(*s.tag)]) + ": " + s.source : "-";
  return out;
}

using Map = std::map<std::string, std::string>;

class Sources : public Config {};

TEST_F(Sources, a_comment_tags_every_value_of_its_line) {
  write("m.yaml",
        "name: x  # fact: texts have none\n"
        "clock: 1 GHz  # fact: the data sheet\n"
        "drain: {shift: rows, registers: 2}  # derived: 1 + 1; as drawn\n");
  EXPECT_EQ(sources_of(), (Map{{"clock", "fact: the data sheet"},
                               {"drain.shift", "derived: 1 + 1; as drawn"},
                               {"drain.registers", "derived: 1 + 1; as drawn"}}));
}

TEST_F(Sources, a_clause_with_a_key_goes_before_one_without_and_reaches_into_its_section) {
  write("m.yaml",
        "operations:  # startup assumed: the pipeline\n"
        "  add: {startup: 8, cycles_per_beat: 1}  # fact: a table\n"
        "  copy: {startup: 4, cycles_per_beat: 1}  # fact: a table; startup derived: 8 / 2\n"
        "startup: 1\n");
  EXPECT_EQ(sources_of(), (Map{{"operations.add.startup", "assumed: the pipeline"},
                               {"operations.add.cycles_per_beat", "fact: a table"},
                               {"operations.copy.startup", "derived: 8 / 2"},
                               {"operations.copy.cycles_per_beat", "fact: a table"},
                               {"startup", "-"}}));
}

TEST_F(Sources, prose_a_tag_without_source_and_a_section_without_key_tag_nothing) {
  write("m.yaml",
        "# fact: a line of its own\n"
        "a: 1  # about a; fact: too late\n"
        "b: 1  # assumed\n"
        "c: 1  # assumed:  \n"
        "d:    # fact: of whom?\n"
        "  e: \"x # fact: in quotes\"\n"
        "f: x#fact:part-of-the-text\n"
        "g: 1  # guess: unknown\n");
  for (const auto& [key, source] : sources_of()) EXPECT_EQ(source, "-") << key;
  EXPECT_EQ(sources_of().size(), 6U);
}

TEST_F(Sources, a_derived_value_may_name_the_keys_it_stands_on) {
  write("m.yaml",
        "a: 1  # derived from b: once\n"
        "b: {c: 2, d: 3}  # derived from a, e.f: twice; d derived from a: thrice\n"
        "g: 1  # derived from two words: none\n"
        "h: 1  # fact from a: none\n"
        "i: 1  # derived from : none\n");
  std::map<std::string, std::vector<std::string>> premises;
  for (const KeySource& s : file_sources("m.yaml"))
    if (s.tag) premises[s.key + ", " + s.source] = s.premises;
  EXPECT_EQ(premises,
            (std::map<std::string, std::vector<std::string>>{
                {"a, once", {"b"}}, {"b.c, twice", {"a", "e.f"}}, {"b.d, thrice", {"a"}}}));
}

TEST_F(Sources, a_machine_has_what_it_sets_from_itself_and_the_rest_from_its_base) {
  write("hw.yaml", std::string(kMachine));
  write("m.yaml", "base: hw.yaml\nname: m\nclock: 2 GHz  # derived: twice\ndma: {queues: 3}\n");
  std::map<std::string, MachineKey> keys;
  for (const MachineKey& key : machine_keys("m.yaml")) keys[key.key] = key;
  ASSERT_TRUE(keys["clock"].source);
  EXPECT_EQ(keys["clock"].value, "2 GHz");
  EXPECT_EQ(keys["clock"].source->file, "m.yaml");
  EXPECT_EQ(keys["clock"].source->line, 3);
  EXPECT_EQ(keys["clock"].source->source, "twice");
  ASSERT_TRUE(keys["systolic_array.rows"].source);
  EXPECT_EQ(keys["systolic_array.rows"].source->file, "hw.yaml");
  EXPECT_EQ(keys["dma.queues"].value, "3");
  EXPECT_FALSE(keys["dma.queues"].source->tag);
  EXPECT_FALSE(keys["systolic_array.depth"].source);      // the default holds
  EXPECT_EQ(keys.count("formats.fp64.accumulator"), 0U);  // the machine has no fp64
  EXPECT_EQ(keys.count("name"), 0U);
  EXPECT_EQ(tag_counts(machine_keys("m.yaml")), (std::array<int, 4>{0, 1, 0, 0}));
}

TEST(ShippedMachines, every_value_of_every_file_has_a_tag_and_a_source) {
  int files = 0, values = 0;
  for (const auto& entry : fs::recursive_directory_iterator(TRICYCLE_SOURCE_DIR "/hwconfigs")) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    for (const KeySource& s : file_sources(entry.path().string())) {
      ++values;
      EXPECT_TRUE(s.tag) << s.file << ":" << s.line << ": " << s.key
                         << ": expected a comment `# fact|derived|assumed: source`";
      EXPECT_FALSE(s.source.empty()) << s.file << ":" << s.line << ": " << s.key;
    }
  }
  EXPECT_GE(files, 13);
  EXPECT_GE(values, 13 * 20);
}

}  // namespace
}  // namespace tricycle
