import Raster

extension FilePath {
  /// The last component without its extension.
  var stem: [UInt8] {
    let ending = FilePath(bytes: lastComponent).fileExtension.utf8.count
    return ending == 0 ? lastComponent : lastComponent.dropLast(ending + 1)
  }

  /// `stem` as text.
  var title: String { "\(FilePath(bytes: stem))" }

  /// Another file in the same folder.
  func sibling(_ name: [UInt8]) -> FilePath {
    parent == FilePath(".") && !bytes.starts(with: Array("./".utf8))
      ? FilePath(bytes: name) : parent.appending(name)
  }

  /// A file beside this one, named after it: `digits.safetensors` and `-curves.png` make
  /// `digits-curves.png`.
  func beside(_ suffix: String) -> FilePath { sibling(stem + Array(suffix.utf8)) }

  /// The name without its folders, as text.
  var shown: String { "\(FilePath(bytes: lastComponent))" }
}
