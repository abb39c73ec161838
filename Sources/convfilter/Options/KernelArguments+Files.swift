import KernelLanguage
import Raster
import Synchronization

extension KernelArguments {
  /// The files that kernels come from: of numbers, of models, of masks.
  static func files(of kernels: [String]) -> InputFiles {
    let read = ReadNames()
    let sources = KernelSources(
      file: { name throws(KernelError) in
        let bytes = try KernelSources.files.file(name)
        if bytes != nil { read.note(name) }
        return bytes
      },
      filter: { model, filter throws(KernelError) in
        // Its weights need not be known for that.
        read.note(model)
        return Stage(.correlate(Kernel(width: 1, height: 1, taps: [1])), name: filter)
      })
    for text in kernels { _ = try? KernelSpec.parse(text, sources: sources) }
    return InputFiles(arguments: read.all)
  }

  /// Names of files, as they are read.
  private final class ReadNames: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func note(_ name: String) { names.withLock { $0.append(name) } }
  }
}
