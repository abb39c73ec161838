import ConvEngine

extension KernelSources {
  /// Kernels from files by their names, and filters from model files.
  static func files(_ models: ModelFilters) -> KernelSources {
    KernelSources(
      file: { name throws(KernelError) in
        do {
          let path = FilePath(argument: name)
          guard let status = try FileStatus(path), status.kind != .folder else { return nil }
          return try OpenFile(path).contents(limit: kernelFileLimit)
        } catch {
          throw .unreadableFile(name, reason: "\(error)")
        }
      }, filter: { model, name throws(KernelError) in try models.kernel(model, name) })
  }

  /// Bytes of a kernel file: far more than the largest kernel takes.
  private static let kernelFileLimit = 256 << 20
}
