import Libc

extension TestData {
  /// A file of `Tests/Goldens`: what other programs gave, beside the script that asked them.
  public static func golden(_ name: String) -> String {
    guard let file = fopen("\(package)/Tests/Goldens/\(name)", "rb") else {
      preconditionFailure("Tests/Goldens/\(name) is missing")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
