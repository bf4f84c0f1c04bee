# Tests of the driver: shell lines on small models.
import lit.formats
from lit.llvm import llvm_config

config.name = "tools"
config.suffixes = [".test"]
config.excludes = ["inputs"]
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.test_source_root = config.spherical_source_dir + "/test/tools"
config.test_exec_root = config.spherical_binary_dir + "/test/tools"
config.substitutions.append(("%inputs", config.test_source_root + "/inputs"))
config.substitutions.append(("%root", config.spherical_source_dir))
llvm_config.use_default_substitutions()
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.spherical_binary_dir + "/bin", append_path=True)
