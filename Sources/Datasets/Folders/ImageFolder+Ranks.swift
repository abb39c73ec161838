import Raster

extension ImageFolder.Listing {
  /// Sees to it that all processes have listed the same pictures.
  ///
  /// - Throws: `elsewhere` where one of them has failed before, `foldersDiffer`.
  func compare(_ ranks: any RankLink) throws(DatasetError) {
    guard ranks.meet() else { throw .elsewhere }
    var hash: UInt64 = 0
    for example in examples {
      example.file.bytes.withUnsafeBytes { ImageSums.add(ImageSums.hash($0), &hash) }
      ImageSums.add(UInt64(example.label), &hash)
    }
    let own = withUnsafeBytes(of: hash) { Array($0) }
    if ranks.collect(own).contains(where: { $0 != own }) { throw .foldersDiffer }
  }
}
