# How a folder becomes a library: spherical_library, spherical_tablegen, spherical_executable, spherical_test.

include(TableGen)
include(AddLLVM)
include(AddMLIR)
separate_arguments(SPHERICAL_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")

# A build id, the digest of a program's contents, is part of what cached objects depend on.
add_link_options(-Wl,--build-id)
add_compile_options(-Wall -Wextra -Wno-unused-parameter)
if(SPHERICAL_SANITIZE)
  # A finding ends the program. Without vptr: programs in C, which load the runtime, lack its part.
  # The test preset asan sets allow_user_poisoning=0: LLVM's headers poison slabs of its allocators,
  # from which its library, which is not instrumented, takes memory.
  add_compile_options(-fsanitize=${SPHERICAL_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SPHERICAL_SANITIZE})
endif()

# Include roots: the project and the generated files beside it, so that a path starts at the top.
function(spherical_includes target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
endfunction()

# MLIR's headers, compiled once for all libraries that use them (0.3 s a file in place of 7 s).
add_library(SphericalPrecompiledMLIR OBJECT ${PROJECT_SOURCE_DIR}/.cmake/precompiled.cpp)

function(spherical_use_mlir target)
  target_include_directories(${target} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  target_compile_definitions(${target} PUBLIC ${SPHERICAL_LLVM_DEFINITIONS})
  target_compile_options(${target} PRIVATE -fno-exceptions -Wno-deprecated-declarations)
endfunction()

spherical_includes(SphericalPrecompiledMLIR)
spherical_use_mlir(SphericalPrecompiledMLIR)
target_precompile_headers(SphericalPrecompiledMLIR PRIVATE ${PROJECT_SOURCE_DIR}/.cmake/precompiled_mlir.h)

# spherical_library(Name SOURCES a.cpp ... [DEPENDS tablegen-targets] [LINK libraries] [MLIR] [EXCEPTIONS])
# MLIR: include and link MLIR (the shared library), with precompiled headers and without exceptions.
# EXCEPTIONS: keep exceptions in an MLIR library (its sources then compile without the precompiled header).
function(spherical_library name)
  cmake_parse_arguments(arg "MLIR;EXCEPTIONS" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  spherical_includes(${name})
  if(arg_MLIR)
    spherical_use_mlir(${name})
    if(arg_EXCEPTIONS)
      target_compile_options(${name} PRIVATE -fexceptions)
    else()
      target_precompile_headers(${name} REUSE_FROM SphericalPrecompiledMLIR)
    endif()
    target_link_libraries(${name} PUBLIC MLIR LLVM)
  endif()
  if(arg_LINK)
    target_link_libraries(${name} PUBLIC ${arg_LINK})
  endif()
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
endfunction()

# spherical_tablegen(Target input.td output generator-flags [output generator-flags] ...): flags are one string each.
function(spherical_tablegen target input)
  set(LLVM_TARGET_DEFINITIONS ${input})
  set(list ${ARGN})
  set(includes -I${PROJECT_SOURCE_DIR})
  foreach(directory ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
    list(APPEND includes "-I${directory}")
  endforeach()
  while(list)
    list(POP_FRONT list output flags)
    separate_arguments(flags)
    mlir_tablegen(${output} ${flags} ${includes})
  endwhile()
  add_public_tablegen_target(${target})
endfunction()

# spherical_doc(page input.td generator-flags): TableGen's page.md in docs/ of the build folder, a part of `docs`.
function(spherical_doc page input flags)
  spherical_tablegen(SphericalDoc_${page} ${input} ${page}.md ${flags})
  set(output ${PROJECT_BINARY_DIR}/docs/${page}.md)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_BINARY_DIR}/${page}.md ${output}
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${page}.md SphericalDoc_${page})
  add_custom_target(SphericalDocPage_${page} DEPENDS ${output})
  add_dependencies(docs SphericalDocPage_${page})
endfunction()

# spherical_executable(name SOURCES ... [LINK ...] [MLIR] [EXCEPTIONS]): a program in bin/.
function(spherical_executable name)
  cmake_parse_arguments(arg "MLIR;EXCEPTIONS" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  spherical_includes(${name})
  if(arg_MLIR)
    spherical_use_mlir(${name})
    if(arg_EXCEPTIONS)
      target_compile_options(${name} PRIVATE -fexceptions)
    endif()
    target_link_libraries(${name} PRIVATE MLIR LLVM)
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LINK})
endfunction()

# spherical_test(name SOURCES ... [LINK ...] [MLIR]): a GoogleTest program, one entry of ctest.
function(spherical_test name)
  cmake_parse_arguments(arg "MLIR" "" "SOURCES;LINK" ${ARGN})
  if(arg_MLIR)
    spherical_executable(${name} MLIR EXCEPTIONS SOURCES ${arg_SOURCES} LINK ${arg_LINK} GTest::gtest_main)
  else()
    spherical_executable(${name} SOURCES ${arg_SOURCES} LINK ${arg_LINK} GTest::gtest_main)
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()
