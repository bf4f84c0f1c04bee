//===- primes.h - primes in the length of a transform -----------*- C++ -*-===//
//
// A prime p has a primitive root g: the numbers below p, but 0, are g^0, g^1, ...
// g^(p-2), modulo p. In this order the factors w^(k r) of a transform of p values,
// k = g^i and r = g^j, depend on i + j alone (Rader 1968), and g^(i + (p-1)/2) = -g^i.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_PRIMES_H
#define SPHERICAL_RUNTIME_MATH_PRIMES_H

#include <cstdint>
#include <vector>

namespace spherical::runtime {

/// Radices of transforms up to this have butterflies of their own; larger ones are primes.
constexpr int64_t kLargestRadix = 16;

inline bool isPrime(int64_t value) {
  for (int64_t factor = 2; factor * factor <= value; ++factor)
    if (value % factor == 0)
      return false;
  return value > 1;
}

/// The primes above kLargestRadix that divide n >= 1, each once, ascending.
inline std::vector<int64_t> largePrimes(int64_t n) {
  std::vector<int64_t> primes;
  for (int64_t factor = 2; n > 1; ++factor) {
    if (factor * factor > n)
      factor = n;
    if (n % factor != 0)
      continue;
    while (n % factor == 0)
      n /= factor;
    if (factor > kLargestRadix)
      primes.push_back(factor);
  }
  return primes;
}

/// base^exponent modulo `modulus`, which is below 2^31.
inline int64_t powerModulo(int64_t base, int64_t exponent, int64_t modulus) {
  int64_t power = 1;
  for (base %= modulus; exponent > 0; exponent /= 2) {
    if (exponent % 2 != 0)
      power = power * base % modulus;
    base = base * base % modulus;
  }
  return power;
}

/// The least one of an odd prime p.
inline int64_t primitiveRoot(int64_t p) {
  const auto isPrimitive = [p](int64_t g) {
    for (int64_t factor = 2; factor < p; ++factor)
      if ((p - 1) % factor == 0 && powerModulo(g, (p - 1) / factor, p) == 1)
        return false;
    return true;
  };
  int64_t g = 2;
  while (!isPrimitive(g))
    ++g;
  return g;
}

/// Where the powers of the roots of unity of prime p begin in the table of kind "roots" {n}, in
/// complex values.
inline int64_t rootsOffset(int64_t n, int64_t p) {
  int64_t offset = 0;
  for (int64_t prime : largePrimes(n))
    if (prime < p)
      offset += prime - 1;
  return offset;
}

/// Complex values of that table.
inline int64_t rootCount(int64_t n) { return rootsOffset(n, n + 1); }

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_PRIMES_H
