import Raster
import Reports
import Text

extension JSON {
  /// A name as members of an object. Where its text does not say all bytes of the name, a second
  /// member, `KEYBytes`, holds them in Base64.
  static func members(
    _ key: String, _ path: FilePath?, shown: String? = nil
  ) -> [(String, JSON)] {
    let text = shown ?? path.map { "\($0)" } ?? ""
    let name: (String, JSON) = (key, .string(text))
    guard let path, Array(text.utf8) != path.bytes else { return [name] }
    return [name, (key + "Bytes", .string(Base64.encode(path.bytes)))]
  }
}
