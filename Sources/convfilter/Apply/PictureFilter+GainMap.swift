import ImageCodecs
import KernelLanguage

extension PictureFilter.Settings {
  /// Whether the gain map of a JPEG is as true of the result as it was of the picture.
  ///
  /// It says, for each place of the whole picture, how much brighter than the picture's own colours it may be shown. So
  /// it is where all of the picture stays, in its place and in its colours: with kernels that change nothing, and in
  /// another size. What blurs or sharpens changes colours on which the map builds; a map that is blurred as well would not
  /// yield what a blurred picture shows, since the two are multiplied.
  ///
  /// - Parameters:
  ///   - reader: of a JPEG.
  ///   - output: where the result goes.
  func leavesGainMapTrue(of reader: PictureReader, in output: Job.Output) -> Bool {
    target(output) ?? .jpeg == .jpeg && keepsMetadata && !takesFirstPicture && profile == nil
      && selection.isEverything
      && options.leaveColors && stages.allSatisfy { $0.leavesPlacesAndColors(options) }
      && Course(reader, .jpeg, self).turn == .upright
  }
}

extension FilterOptions {
  /// Whether nothing is asked for that gives results other colours.
  fileprivate var leaveColors: Bool {
    scale == .asGiven && normalization == .none && range == .clamp
      && [.levels(0), .percent(0)].contains(offset)
  }
}

extension Stage {
  /// Whether all of the picture stays, in its place (as a part of the sides) and in its colours.
  fileprivate func leavesPlacesAndColors(_ options: FilterOptions) -> Bool {
    switch operation {
    case .change(.resize(let resizing)): return resizing.fit != .cover
    case .correlate(let kernel):
      let common = options.geometry
      let strides = [
        geometry.strideX ?? common.strideX, geometry.strideY ?? common.strideY,
      ]
      let isWhole =
        (kernel.width, kernel.height) == (1, 1)
        || (geometry.padding ?? common.padding) != .valid
      return kernel.isIdentity && options.anchor == nil && isWhole
        && strides.allSatisfy { $0 ?? 1 == 1 }
        && geometry.extent == nil && common.extent == nil
    default: return false
    }
  }
}

extension Kernel {
  /// Whether each sample is its own result.
  fileprivate var isIdentity: Bool {
    guard depth == 1, width % 2 == 1, height % 2 == 1, offset == 0 else { return false }
    guard origin == Anchor(x: width / 2, y: height / 2) else { return false }
    let middle = self[width / 2, height / 2]
    return middle != 0 && divisor == middle && taps.count { $0 != 0 } == 1
  }
}
