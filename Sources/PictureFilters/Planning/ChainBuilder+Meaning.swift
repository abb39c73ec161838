import KernelLanguage
import Raster

extension ChainBuilder {
  /// Refuses options that mean nothing to any stage.
  func checkMeaning() throws(FilterError) {
    let changes = stages.compactMap { stage in
      if case .change(let change) = stage.operation { change } else { nil }
    }
    guard changes.count == stages.count, let last = stages.last else { return }
    if options.channels != .all, changes.allSatisfy(\.movesPixels) {
      throw .meaningless(option: "--channels", stage: last.name)
    }
    if options.range != .clamp { throw .meaningless(option: "--range", stage: last.name) }
    if options.offset != .levels(0) { throw .meaningless(option: "--offset", stage: last.name) }
    if options.scale != .asGiven || options.normalization != .none {
      throw .meaningless(option: "--scale", stage: last.name)
    }
  }

  /// Refuses channels by number where a stage before has changed what they are.
  func checkChannels(_ stage: Stage, _ format: PictureFormat) throws(FilterError) {
    guard case .only = options.channels, format.color != input.color else { return }
    if case .change(let change) = stage.operation, change.movesPixels { return }
    throw .unfit(
      stage: stage.name, what: "the channels of --channels are gone when the picture is gray",
      advice: "filter them before, or leave --channels out")
  }
}
