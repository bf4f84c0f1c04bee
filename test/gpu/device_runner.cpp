//===- device_runner.cpp - programs on a GPU or its emulation ---*- C++ -*-===//

#include "test/gpu/device_program.h"

#include "runtime/spherical_runtime.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace spherical::test {
namespace {

using runtime::Element;

void check(const char *failure) {
  if (failure)
    throw std::runtime_error(failure);
}

/// An opened device and a stream of it.
struct OpenDevice {
  explicit OpenDevice(const sph_device &device) : device(device) {
    check(device.open(0, &context));
    check(device.create_stream(context, nullptr, &stream));
  }
  ~OpenDevice() {
    device.destroy_stream(stream);
    device.close(context);
  }

  const sph_device &device;
  sph_device_context *context = nullptr;
  sph_device_stream *stream = nullptr;
};

/// Memory of the device.
class DeviceMemory {
public:
  DeviceMemory(const OpenDevice &device, int64_t bytes) : device(device), bytes(bytes) {
    check(device.device.allocate(device.context, std::max<int64_t>(bytes, 1), &memory));
  }
  DeviceMemory(const OpenDevice &device, const std::vector<char> &content)
      : DeviceMemory(device, static_cast<int64_t>(content.size())) {
    check(device.device.upload(device.stream, memory, content.data(), bytes));
  }
  DeviceMemory(DeviceMemory &&other)
      : device(other.device), bytes(other.bytes), memory(std::exchange(other.memory, nullptr)) {}
  ~DeviceMemory() { device.device.release(device.context, memory); }

  std::vector<char> download() const {
    std::vector<char> content(bytes);
    check(device.device.download(device.stream, content.data(), memory, bytes));
    return content;
  }
  void *get() const { return memory; }

private:
  const OpenDevice &device;
  int64_t bytes;
  void *memory = nullptr;
};

template <typename T> std::vector<char> bytesOf(const std::vector<T> &values) {
  std::vector<char> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

template <typename T> std::vector<char> encoded(const std::vector<double> &values) {
  return bytesOf(std::vector<T>(values.begin(), values.end()));
}

template <typename T> std::vector<double> decoded(const std::vector<char> &bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return {values.begin(), values.end()};
}

std::vector<char> encode(Element element, const std::vector<double> &values) {
  switch (element) {
  case Element::F32:
    return encoded<float>(values);
  case Element::F64:
    return encoded<double>(values);
  case Element::I32:
    return encoded<int32_t>(values);
  case Element::I64:
    return encoded<int64_t>(values);
  }
  return {};
}

std::vector<double> decode(Element element, const std::vector<char> &bytes) {
  switch (element) {
  case Element::F32:
    return decoded<float>(bytes);
  case Element::F64:
    return decoded<double>(bytes);
  case Element::I32:
    return decoded<int32_t>(bytes);
  case Element::I64:
    return decoded<int64_t>(bytes);
  }
  return {};
}

std::vector<void *> addresses(const std::vector<DeviceMemory> &memories) {
  std::vector<void *> pointers;
  for (const DeviceMemory &memory : memories)
    pointers.push_back(memory.get());
  return pointers;
}

class DeviceRunner : public golden::Runner {
public:
  DeviceRunner(DeviceProgram program, const std::string &image, const sph_device &device);
  ~DeviceRunner() override { device.device.unload(module); }
  golden::Values run(const std::string &entry, const golden::Values &inputs) override;

private:
  const runtime::EntrySpec &specOf(const std::string &entry) const;
  void launchAll(const runtime::EntrySpec &entry, void *frame);

  DeviceProgram program;
  OpenDevice device;
  sph_device_module *module = nullptr;
  std::vector<DeviceMemory> tables;
};

DeviceRunner::DeviceRunner(DeviceProgram compiled, const std::string &image,
                           const sph_device &table)
    : program(std::move(compiled)), device(table) {
  const sph_image bitcode{SPH_IMAGE_BITCODE, 0, static_cast<int64_t>(image.size()), image.data()};
  check(device.device.load(device.context, &bitcode, &module));
  for (const runtime::TableSpec &spec : program.manifest.tables) {
    std::vector<char> content(runtime::tableBytes(spec));
    runtime::fillTable(spec, content.data(), 1);
    tables.emplace_back(device, content);
  }
}

const runtime::EntrySpec &DeviceRunner::specOf(const std::string &entry) const {
  for (const runtime::EntrySpec &spec : program.manifest.entries)
    if (spec.name == entry)
      return spec;
  throw std::runtime_error("no entry " + entry);
}

void DeviceRunner::launchAll(const runtime::EntrySpec &entry, void *frame) {
  const DeviceMemory scratch(device, entry.scratchBytes);
  void *scratchAddress = scratch.get();
  void *const arguments[] = {&frame, &scratchAddress};
  for (const runtime::StageSpec &launch : entry.stages) {
    sph_device_kernel *kernel = nullptr;
    check(device.device.find(module, launch.kernel.c_str(), launch.shared, &kernel));
    check(device.device.launch(device.stream, kernel, launch.blocks, launch.threads, launch.shared,
                               arguments));
  }
  check(device.device.synchronize(device.stream));
}

golden::Values DeviceRunner::run(const std::string &entry, const golden::Values &inputs) {
  const runtime::EntrySpec &spec = specOf(entry);
  int64_t count = spec.capacity;
  std::vector<DeviceMemory> arguments, results;
  for (const runtime::ValueSpec &value : spec.arguments) {
    const golden::Tensor &tensor = inputs.at(value.name);
    if (value.role == "count")
      count = static_cast<int64_t>(tensor.values.at(0));
    arguments.emplace_back(device, encode(value.element, tensor.values));
  }
  for (const runtime::ValueSpec &value : spec.results)
    results.emplace_back(device, value.bytes());
  const DeviceMemory arena(device, spec.arenaBytes);
  const DeviceMemory tableList(device, bytesOf(addresses(tables)));
  const DeviceMemory argumentList(device, bytesOf(addresses(arguments)));
  const DeviceMemory resultList(device, bytesOf(addresses(results)));
  const sph_frame frame{nullptr,
                        arena.get(),
                        static_cast<void *const *>(tableList.get()),
                        static_cast<void *const *>(argumentList.get()),
                        static_cast<void *const *>(resultList.get()),
                        count};
  const DeviceMemory deviceFrame(device, bytesOf(std::vector<sph_frame>{frame}));
  launchAll(spec, deviceFrame.get());
  golden::Values values;
  for (size_t i = 0; i < results.size(); ++i)
    values[spec.results[i].name] = {spec.results[i].shape,
                                    decode(spec.results[i].element, results[i].download())};
  return values;
}

} // namespace

std::unique_ptr<golden::Runner> makeDeviceRunner(DeviceProgram program, const std::string &image,
                                                 const sph_device &device) {
  return std::make_unique<DeviceRunner>(std::move(program), image, device);
}

} // namespace spherical::test
