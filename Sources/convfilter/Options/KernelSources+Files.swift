import ConvNet
import KernelLanguage
import Raster

extension KernelSources {
  /// Kernels from files by their names.
  static let files = KernelSources(
    file: { name throws(KernelError) in
      let path = FilePath(argument: name)
      let bytes: [UInt8]
      do {
        guard let status = try FileStatus(path), status.kind != .folder else { return nil }
        bytes = try OpenFile(path).contents(limit: kernelFileLimit)
      } catch {
        throw .unreadableFile(name, reason: "\(error)")
      }
      if path.fileExtension == "safetensors" {
        let layer = (try? ModelFile.decode(bytes))?.firstFilters?.name ?? "conv1"
        throw .unusableModel(
          name, reason: "a whole model is no kernel; name one of its filters, as \(name):\(layer)/0"
        )
      }
      return bytes
    },
    filter: { model, filter throws(KernelError) in
      do {
        let bytes = try OpenFile(FilePath(argument: model)).contents(limit: NetworkFile.modelLimit)
        return try ModelFile.decode(bytes).stage(named: filter)
      } catch {
        throw .unusableModel(model, reason: "\(error)")
      }
    })

  /// Bytes of a kernel file: far more than the largest kernel takes, and its numbers take more than they.
  private static let kernelFileLimit = min(256 << 20, MemoryLimit.preset.bytes / 32)
}
