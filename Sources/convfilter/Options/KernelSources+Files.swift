import ConvNet
import KernelLanguage
import Raster

extension KernelSources {
  /// Kernels from files by their names.
  static let files = KernelSources(
    file: { name throws(KernelError) in
      do {
        let path = FilePath(argument: name)
        guard let status = try FileStatus(path), status.kind != .folder else { return nil }
        return try OpenFile(path).contents(limit: kernelFileLimit)
      } catch {
        throw .unreadableFile(name, reason: "\(error)")
      }
    },
    filter: { model, filter throws(KernelError) in
      do {
        let bytes = try OpenFile(FilePath(argument: model)).contents(limit: modelFileLimit)
        return try ModelFile.decode(bytes).stage(named: filter)
      } catch {
        throw .unusableModel(model, reason: "\(error)")
      }
    })

  /// Bytes of a model file.
  private static let modelFileLimit = 4 << 30

  /// Bytes of a kernel file: far more than the largest kernel takes.
  private static let kernelFileLimit = 256 << 20
}
