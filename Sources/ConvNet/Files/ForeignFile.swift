/// Files of other programs that are taken for models, by their first bytes.
public enum ForeignFile: Sendable, Equatable {
  /// `.pth`, `.pt`: a pickle, bare or in a ZIP archive.
  case pickle
  /// `.h5`, `.keras` of old.
  case hdf5
  case onnx

  init?(_ bytes: [UInt8]) {
    func starts(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
    if starts([0x50, 0x4b, 0x03, 0x04])
      || bytes.count > 1 && bytes[0] == 0x80 && bytes[1] <= 5 && bytes[1] >= 2
        && bytes.last == UInt8(ascii: ".")
    {
      self = .pickle
    } else if starts([0x89, 0x48, 0x44, 0x46]) {
      self = .hdf5
    } else if bytes.count > 4, bytes[0] == 0x08, bytes[1] < 32, bytes[2] == 0x12 {
      // The fields ir_version and producer_name.
      self = .onnx
    } else {
      return nil
    }
  }

  var advice: String {
    switch self {
    case .pickle:
      "a file of PyTorch (.pth), not safetensors: reading one may run a program that is hidden in it, "
        + "so this program doesn't. Turn it into safetensors first, where PyTorch is: python3 -c "
        + "\"import torch, safetensors.torch as s; s.save_file({k: v.contiguous() for k, v in "
        + "torch.load('FILE.pth', map_location='cpu', weights_only=True).items()}, "
        + "'FILE.safetensors')\""
    case .hdf5: "a file of HDF5 (Keras), not safetensors; save the weights as safetensors instead"
    case .onnx:
      "an ONNX file; models are read as safetensors only (convfilter export writes ONNX)"
    }
  }
}
