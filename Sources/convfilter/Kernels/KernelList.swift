import KernelLanguage
import Reports
import Text

/// The listing of all named kernels.
enum KernelList {
  /// Names, sizes and titles, in columns.
  static func text() throws(KernelError) -> String {
    var table = TextTable([.init("name"), .init("size"), .init("title")])
    for named in KernelCatalog.sorted {
      table.add([named.name, size(of: try named.standard()), named.title])
    }
    return table.text()
      + "\n'convfilter kernels NAME' shows one, with its parameters and other names.\n"
  }

  /// One object a line.
  static func json() throws(KernelError) -> String {
    var lines = ""
    for named in KernelCatalog.sorted {
      lines += JSON.object(try members(named)).line + "\n"
    }
    return lines
  }

  private static func members(_ named: NamedKernel) throws(KernelError) -> [(String, JSON)] {
    let parameters = named.parameters.map { parameter in
      JSON.object([
        ("key", .string(parameter.key)), ("default", .string(parameter.standard)),
        ("meaning", .string(parameter.meaning)),
      ])
    }
    return [
      ("name", .string(named.name)), ("title", .string(named.title)),
      ("size", .string(size(of: try named.standard()))), ("source", .string(named.source)),
      ("aliases", .array(named.aliases.map(JSON.string))), ("parameters", .array(parameters)),
    ]
  }

  /// `3×3`, `8 of 3×3`, `3×3×64`.
  static func size(of stage: Stage) -> String {
    if case .pool(_, let width, let height) = stage.operation { return "\(width)×\(height)" }
    if case .change = stage.operation { return "–" }
    if case .neighbourhood(let kind) = stage.operation {
      return "\(kind.element.width)×\(kind.element.height)"
    }
    let sizes = stage.kernels.map(size)
    if sizes.count == 1 { return sizes[0] }
    return Set(sizes).count == 1 ? "\(sizes.count) of \(sizes[0])" : sizes.joined(separator: ", ")
  }

  static func size(of kernel: Kernel) -> String {
    "\(kernel.width)×\(kernel.height)" + (kernel.depth > 1 ? "×\(kernel.depth)" : "")
  }
}
