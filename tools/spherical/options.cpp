//===- options.cpp - values and mistakes of the command line --------------===//

#include "tools/spherical/options.h"

#include "tools/spherical/byte_size.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"

#include <algorithm>
#include <map>
#include <utility>

namespace spherical::driver {

CLI::Validator natural(uint64_t low, uint64_t high) {
  const std::string range = std::to_string(low) + " to " + std::to_string(high);
  const auto check = [=](std::string &text) {
    const std::optional<uint64_t> value = parseInteger<uint64_t>(text);
    if (!value || *value < low || *value > high)
      return "expected an integer from " + range + ", got '" + text + "'";
    text = std::to_string(*value); // CLI11 takes digits after a 0 as octal
    return std::string();
  };
  return CLI::Validator(check, high == anySeed ? "" : "[" + range + "]");
}

CLI::Validator number(const Interval &interval) {
  const auto check = [interval](std::string &text) {
    const Number number = parseNumber(text, interval);
    if (number.fault.empty())
      return std::string();
    return number.fault + ", got '" + text + "'" +
           (number.hint.empty() ? "" : " (" + number.hint + ")");
  };
  return CLI::Validator(check, "[" + interval.text(printNumber) + "]");
}

CLI::Validator oneOf(std::vector<std::string> words) {
  const auto check = [=](std::string &text) {
    if (std::ranges::find(words, text) != words.end())
      return std::string();
    return "expected " + joined(words) + ", got '" + text + "'" + guessFor(text, words);
  };
  return CLI::Validator(check, "");
}

CLI::Option *addBytesOption(CLI::App &command, const std::string &name, int64_t &bytes,
                            const std::string &text, int64_t least) {
  const auto take = [name, &bytes, least](const std::string &given) {
    const std::optional<int64_t> value = parseBytes(given);
    if (!value || *value < least)
      throw CLI::ValidationError(name, "expected bytes such as 512M or 16G, got '" + given + "'");
    bytes = *value;
  };
  return command.add_option_function<std::string>(name, take, text);
}

CLI::Validator endsIn(std::vector<std::string_view> known) {
  return CLI::Validator([known](std::string &path) { return wrongForm(path, known); }, "FILE");
}

CLI::Validator pictureFile() { return endsIn(pictureForms); }

CLI::Validator tensorFile() {
  return CLI::Validator([](std::string &path) { return wrongTensorForm(path); }, "FILE");
}

/// "--epochs" of "--epochs=3" and of "-epochs".
static std::string optionName(const std::string &word) {
  const std::string name = word.substr(0, word.find('='));
  return "--" + name.substr(std::min(name.size(), name.find_first_not_of('-')));
}

static std::vector<std::string> optionNames(const CLI::App &command) {
  std::vector<std::string> names;
  for (const CLI::Option *option : command.get_options())
    for (const std::string &name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

/// What does here what an option of another command does there.
static std::string counterpart(const std::string &command, const std::string &option) {
  static const std::map<std::pair<std::string, std::string>, std::string> known = {
      {{"train", "--weights"}, "--checkpoint FILE --resume goes on with a run, eval tests weights"},
      {{"train", "--unrotated"}, "digits are not rotated unless --rotate is given"},
      {{"train", "--test"}, "eval tests a trained model"},
      {{"eval", "--output"}, "--result writes JSON, --picture a PNG"}};
  const auto found = known.find({command, option});
  return found == known.end() ? "" : found->second;
}

/// The other commands that have the option, in words, or nothing.
static std::string otherCommands(const CLI::App &app, const std::string &option) {
  std::vector<std::string> others;
  for (const CLI::App *command : app.get_subcommands(nullptr))
    if (command->get_option_no_throw(option))
      others.push_back(command->get_name());
  return others.empty() ? "" : "'" + option + "' is an option of " + joined(others);
}

/// A command with those above it: "data convert".
static std::string pathOf(const CLI::App &command) {
  const CLI::App *parent = command.get_parent();
  const bool isTop = !parent || !parent->get_parent();
  return (isTop ? "" : pathOf(*parent) + " ") + command.get_name();
}

static Error unknownOption(const CLI::App &app, const CLI::App &command, const std::string &word) {
  const std::string name = optionName(word);
  std::string hint = counterpart(command.get_name(), name);
  if (hint.empty() && !command.get_option_no_throw(name)) // '-epochs' is '--epochs' here
    hint = otherCommands(app, name);
  if (hint.empty())
    hint = hintFor(name, optionNames(command));
  if (hint.empty())
    hint = "'spherical " + (&command == &app ? "" : pathOf(command) + " ") + "--help' lists them";
  return commandError("'" + pathOf(command) + "' has no option '" + word + "'", hint);
}

static Error unknownCommand(const CLI::App &app, const std::string &word) {
  std::vector<std::string> names;
  for (const CLI::App *command : app.get_subcommands(nullptr))
    names.push_back(command->get_name());
  const std::string hint = hintFor(word, names);
  return commandError("there is no command '" + word + "'",
                      hint.empty() ? "'spherical --help' lists commands" : hint);
}

/// What CLI11 says of options that are missing, repeated, without a value or not taken together.
static std::string faultText(const CLI::App &command, const CLI::ParseError &fault) {
  const std::string text = fault.what();
  const std::string name = text.substr(0, text.find_first_of(": "));
  if (dynamic_cast<const CLI::RequiredError *>(&fault))
    return "expected " + name + ", got none";
  if (dynamic_cast<const CLI::ExcludesError *>(&fault))
    return "expected " + name + " or " + text.substr(text.rfind(' ') + 1) + ", got both";
  const CLI::Option *option = command.get_option_no_throw(name);
  if (!option || !dynamic_cast<const CLI::ArgumentMismatch *>(&fault))
    return text;
  const size_t values = option->results().size();
  return values < 2 ? name + ": expected a value, got none"
                    : name + ": expected once, got " + std::to_string(values) + " times";
}

Error commandLineError(const CLI::App &app, const CLI::ParseError &fault) {
  const CLI::App *inner = &app;
  for (std::vector<CLI::App *> next; !(next = inner->get_subcommands()).empty();)
    inner = next.front();
  const CLI::App &command = *inner;
  std::vector<std::string> rest = command.remaining();
  const auto option =
      std::ranges::find_if(rest, [](const std::string &word) { return word.starts_with("-"); });
  // A name that is not known explains more than what is missing without it.
  if (option != rest.end())
    return unknownOption(app, command, *option);
  if (inner == &app)
    return rest.empty()
               ? commandError("expected a command, got none", "'spherical --help' lists commands")
               : unknownCommand(app, rest.front());
  if (!rest.empty())
    return commandError("'" + pathOf(command) + "' expected no more arguments, got '" +
                            rest.front() + "'",
                        "'spherical " + pathOf(command) + " --help' lists them");
  return commandError(faultText(command, fault),
                      "'spherical " + pathOf(command) + " --help' lists options");
}

} // namespace spherical::driver
