//===- random_arguments.cpp - arguments for entries of models -------------===//

#include "test/gpu/random_arguments.h"

#include <cmath>
#include <random>

namespace spherical::test {

golden::Values randomArguments(const runtime::EntrySpec &entry) {
  golden::Values values;
  for (const runtime::ValueSpec &spec : entry.arguments) {
    std::mt19937_64 bits(values.size());
    std::normal_distribution<double> normal;
    std::vector<double> numbers(spec.size());
    for (double &number : numbers) {
      number = normal(bits);
      if (spec.role == "label")
        number = static_cast<double>(bits() % 5);
      else if (spec.role == "state")
        number = 0.5 + std::abs(number); // a variance
      else if (spec.role == "count")
        number = static_cast<double>(entry.capacity);
    }
    values[spec.name] = {spec.shape, numbers};
  }
  return values;
}

} // namespace spherical::test
