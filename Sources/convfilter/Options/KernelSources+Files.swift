import ConvEngine

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
    filter: { model, _ throws(KernelError) in
      throw .unusableModel(model, reason: "models cannot be read here")
    })

  /// Bytes of a kernel file: far more than the largest kernel takes.
  private static let kernelFileLimit = 256 << 20
}
