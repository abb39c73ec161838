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
      throw .meaningless(stage: last.name, option: "--channels")
    }
    if options.range != .clamp { throw .meaningless(stage: last.name, option: "--range") }
    if options.offset != .levels(0) { throw .meaningless(stage: last.name, option: "--offset") }
    if options.scale != .asGiven || options.normalization != .none {
      throw .meaningless(stage: last.name, option: "--scale")
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
