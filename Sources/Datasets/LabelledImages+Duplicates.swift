import Raster

extension LabelledImages {
  /// Images with the very pixels of one of others: to judge by them is to ask for what was told.
  ///
  /// - Returns: how many there are, the first, and the one that it is like, as a warning; nil where there
  ///   is none.
  public func duplicates(of others: LabelledImages) -> DatasetWarning? {
    guard count > 0, others.count > 0, samplesPerImage == others.samplesPerImage,
      files.count == count, others.files.count == others.count
    else { return nil }
    var places: [UInt64: [Int]] = [:]
    for index in 0..<others.count { places[others.hash(index), default: []].append(index) }
    var (number, first): (Int, (FilePath, FilePath)?) = (0, nil)
    for index in 0..<count {
      let twin = places[hash(index)]?.first { isSame(index, as: $0, of: others) }
      guard let twin else { continue }
      number += 1
      first = first ?? (files[index], others.files[twin])
    }
    return first.map { .duplicates(count: number, file: "\($0.0)", of: "\($0.1)") }
  }

  private func isSame(_ index: Int, as other: Int, of others: LabelledImages) -> Bool {
    let mine = try? withSamples(of: index) {
      Array(UnsafeBufferPointer(start: $0, count: samplesPerImage))
    }
    guard let mine else { return false }
    let isSame = try? others.withSamples(of: other) {
      UnsafeBufferPointer(start: $0, count: samplesPerImage).elementsEqual(mine)
    }
    return isSame ?? false
  }
}
