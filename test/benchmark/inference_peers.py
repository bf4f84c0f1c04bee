"""Engines that only infer, beside the planar networks: ONNX Runtime and OpenVINO.

Each is optional. They take the network from PyTorch once, with its weights as constants, and run on
as many threads as PyTorch does.
"""
import io
import warnings

import torch


class Absent(Exception):
    """A peer cannot take part here, and why."""


class OnnxRuntime:
    """`forward` runs the network on x and leaves `logits`."""

    def __init__(self, network, x, threads):
        try:
            import onnx  # the exporter needs it
            import onnxruntime
        except ImportError as error:
            raise Absent(f"{error}: pip install onnxruntime onnx") from error
        self.version = f"{onnxruntime.__version__}, model by onnx {onnx.__version__}"
        file = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecated, but the other one needs onnxscript
            torch.onnx.export(network, (x,), file, input_names=["x"], output_names=["logits"],
                              dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Its threads must not look for work while others run.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        self._session = onnxruntime.InferenceSession(file.getvalue(), options,
                                                     ["CPUExecutionProvider"])
        self._x = x.numpy()
        self.logits = None

    def forward(self):
        self.logits = self._session.run(["logits"], {"x": self._x})[0]


class OpenVino:
    """`forward` runs the network on x and leaves `logits`."""

    def __init__(self, network, x, threads):
        try:
            import openvino
        except ImportError as error:
            raise Absent(f"{error}: pip install openvino") from error
        self.version = openvino.__version__
        model = openvino.convert_model(network, example_input=x, input=list(x.shape))
        self._model = openvino.Core().compile_model(model, "CPU", {
            "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32"})
        self._request = self._model.create_infer_request()
        self._x = x.numpy()
        self.logits = None

    def forward(self):
        self._request.infer({0: self._x}, share_inputs=True, share_outputs=True)
        self.logits = self._request.get_output_tensor(0).data


ENGINES = {"ONNX Runtime": OnnxRuntime, "OpenVINO": OpenVino}
