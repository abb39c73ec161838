import Random
import Raster

extension ImageFolder.Listing {
  /// Sees to it that all processes have listed the same pictures.
  ///
  /// - Throws: `elsewhere` where one of them has failed before, `foldersDiffer`.
  func compare(_ ranks: any RankLink) throws(DatasetError) {
    guard ranks.meet() else { throw .elsewhere }
    var hash = ContentHash()
    for example in examples {
      hash.add(ContentHash(example.file.bytes).value)
      hash.add(UInt64(example.label))
    }
    let own = withUnsafeBytes(of: hash.value) { Array($0) }
    if ranks.collect(own).contains(where: { $0 != own }) { throw .foldersDiffer }
  }
}
