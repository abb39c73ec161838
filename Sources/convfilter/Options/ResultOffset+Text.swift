import KernelLanguage

extension ResultOffset {
  /// A number of levels (`128`, `-3.5`) or per cent of full intensity (`50%`).
  init?(_ text: String) {
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? String(text.dropLast()) : text), value.isFinite
    else { return nil }
    self = isPercent ? .percent(value) : .levels(value)
  }
}
